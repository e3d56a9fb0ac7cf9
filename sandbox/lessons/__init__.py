"""What is taught: lessons as data, and the judgement of a learner's work. Knows no session, socket or process."""
