"""What happens after the answer: uploadings are carried to their last status, under leases."""
