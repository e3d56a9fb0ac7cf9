"""What a learner takes away."""
