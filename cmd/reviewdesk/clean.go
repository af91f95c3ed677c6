package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // both kinds that a provider may send

	"reviewdesk/review"
)

// mostPixels bounds a picture before it is decoded: a small file can unfold to
// gigabytes. More than this would also not fit the memory that an import may take.
const mostPixels = 16_000_000

// cleanQuality of the pictures that are kept.
const cleanQuality = 85

// cleanPictures decodes every picture and writes it anew, so that nothing but the
// picture itself is kept: no metadata, and no second file behind it. An error names
// the picture; the record is then bad, since its evidence cannot be shown.
func cleanPictures(pictures []review.Picture) error {
	for i := range pictures {
		data, err := cleanPicture(pictures[i].Data)
		if err != nil {
			return fmt.Errorf("%s.pictures[%d]: %w", review.ExtensionMember, i, err)
		}
		pictures[i].Data, pictures[i].MediaType = data, "image/jpeg"
	}
	return nil
}

func cleanPicture(data []byte) ([]byte, error) {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("neither a JPEG nor a PNG picture")
	}
	if size.Width < 1 || size.Height < 1 || size.Width > mostPixels/size.Height {
		return nil, fmt.Errorf("%d × %d pixels are more than %d million", size.Width, size.Height, mostPixels/1_000_000)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errors.New("the picture is damaged")
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: cleanQuality}); err != nil {
		return nil, fmt.Errorf("write the picture anew: %w", err)
	}
	return out.Bytes(), nil
}
