"""What is kept: the ledger of a campaign, the submissions in it, and the dataset made of them."""
