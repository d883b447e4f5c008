-- Corrections, and the care of the house.
DO 'BEGIN END';
