package platform

import (
	"bytes"
	_ "embed"
	"encoding/json"
)

// described is the description of both APIs in OpenAPI 3.1. Where the providers'
// own texts are silent, it says what was chosen here; tests hold every request and
// answer of theirs against it (package contract).
//
//go:embed openapi.json
var described []byte

// anywhere stands in it where this desk's own address belongs.
const anywhere = "https://desk.example"

// Description is the OpenAPI document of a desk whose address is base, without a
// slash at the end.
func Description(base string) []byte {
	own, err := json.Marshal(base)
	if err != nil {
		return bytes.Clone(described) // no text fails to be written
	}
	return bytes.ReplaceAll(described, []byte(anywhere), own[1:len(own)-1])
}
