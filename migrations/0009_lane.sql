-- Lanes and relays: who is sent to over which way.
DO 'BEGIN END';
