-- What came of an alert: tallies and reports.
DO 'BEGIN END';
