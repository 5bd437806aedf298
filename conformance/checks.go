package conformance

// all carries out expectations until one does not hold.
func all(expectations ...func() error) error {
	for _, expectation := range expectations {
		if err := expectation(); err != nil {
			return err
		}
	}
	return nil
}

// expecting sends a call and expects something of its answer.
func (c *check) expecting(out call, want func(*reply) error) error {
	r, err := c.send(out)
	if err != nil {
		return err
	}
	return want(r)
}
