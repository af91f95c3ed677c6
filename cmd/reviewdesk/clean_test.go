package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"reviewdesk/review"
)

func drawn() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = byte(i)
	}
	img.Set(3, 3, color.White)
	return img
}

func TestACleanPictureHoldsNothingButThePicture(t *testing.T) {
	var in bytes.Buffer
	if err := jpeg.Encode(&in, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	secret := "GPS 40.4168 N 3.7038 W"
	exif := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(secret) + 2)}, secret...)
	dirty := append(exif, in.Bytes()[2:]...)
	dirty = append(dirty, "PK\x03\x04 another file behind it"...)
	pictures := []review.Picture{{Kind: review.PictureSelfie, MediaType: "image/jpeg", Data: dirty}}
	if err := cleanPictures(pictures); err != nil {
		t.Fatal(err)
	}
	clean := pictures[0]
	if bytes.Contains(clean.Data, []byte("GPS")) || bytes.Contains(clean.Data, []byte("another file")) {
		t.Error("the clean picture still holds what was not the picture")
	}
	size, kind, err := image.DecodeConfig(bytes.NewReader(clean.Data))
	if err != nil || kind != "jpeg" || size.Width != 40 || size.Height != 30 {
		t.Errorf("got %s of %d × %d, %v", kind, size.Width, size.Height, err)
	}
}

func TestAPNGIsKeptAsJPEG(t *testing.T) {
	var in bytes.Buffer
	if err := png.Encode(&in, drawn()); err != nil {
		t.Fatal(err)
	}
	pictures := []review.Picture{{Kind: review.PictureFront, MediaType: "image/png", Data: in.Bytes()}}
	if err := cleanPictures(pictures); err != nil {
		t.Fatal(err)
	}
	if _, kind, _ := image.DecodeConfig(bytes.NewReader(pictures[0].Data)); kind != "jpeg" || pictures[0].MediaType != "image/jpeg" {
		t.Errorf("kept as %s, called %s", kind, pictures[0].MediaType)
	}
}

// hugePNG is a file of a few bytes that claims a size.
func hugePNG(width, height uint32) []byte {
	head := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d")
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	chunk = append(binary.BigEndian.AppendUint32(chunk, height), 8, 6, 0, 0, 0)
	return binary.BigEndian.AppendUint32(append(head, chunk...), crc32.ChecksumIEEE(chunk))
}

func TestAPictureThatCannotBeShownIsNamedByItsPlace(t *testing.T) {
	var whole bytes.Buffer
	if err := jpeg.Encode(&whole, drawn(), nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":        {nil, "neither a JPEG nor a PNG"},
		"a program":    {[]byte("<svg onload=alert(1)>"), "neither a JPEG nor a PNG"},
		"a bomb":       {hugePNG(50_000, 50_000), "are more than 16 million"},
		"a wide bomb":  {hugePNG(1<<31-1, 1<<31-1), ""},
		"cut short":    {whole.Bytes()[:whole.Len()-20], "damaged"},
		"only a frame": {hugePNG(10, 10), "damaged"},
	} {
		err := cleanPictures([]review.Picture{{Data: c.data}})
		if err == nil || !strings.HasPrefix(err.Error(), "reviewdesk.pictures[0]: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
