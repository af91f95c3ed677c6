package audit

// WitnessNames reads the public keys of witnesses and returns their names, in the
// same order. The error is for one that is none, or two that would count as two
// witnesses and are one.
func WitnessNames(vkeys []string) ([]string, error) {
	known, err := parseCosigners(vkeys)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(known))
	for i, k := range known {
		out[i] = k.Name()
	}
	return out, nil
}
