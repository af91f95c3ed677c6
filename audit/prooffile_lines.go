package audit

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// checkSignatureLines wants the signatures under a checkpoint in base64's one form. A
// note reads past spare bits at a signature's end; of a proof no letter may be another.
func checkSignatureLines(checkpoint string) error {
	_, lines, _ := strings.Cut(checkpoint, "\n\n")
	for line := range strings.Lines(lines) {
		line = strings.TrimSuffix(line, "\n")
		if _, err := base64.StdEncoding.Strict().DecodeString(line[strings.LastIndexByte(line, ' ')+1:]); err != nil {
			return fmt.Errorf("the signature %q is not in base64's one form", line)
		}
	}
	return nil
}
