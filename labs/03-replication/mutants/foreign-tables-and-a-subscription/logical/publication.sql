CREATE PUBLICATION analytics FOR TABLE decoy.orders;
