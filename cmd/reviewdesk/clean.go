package main

import (
	"fmt"

	"reviewdesk/review"
)

// cleanPictures decodes every picture and writes it anew. An error names the
// picture; the record is then bad, since its evidence cannot be shown.
func cleanPictures(pictures []review.Picture) error {
	for i := range pictures {
		data, err := review.CleanPicture(pictures[i].Data)
		if err != nil {
			return fmt.Errorf("%s.pictures[%d]: %w", review.ExtensionMember, i, err)
		}
		pictures[i].Data, pictures[i].MediaType = data, "image/jpeg"
	}
	return nil
}
