-- Returned mail: recorded, scored, forgiven.
DO 'BEGIN END';
