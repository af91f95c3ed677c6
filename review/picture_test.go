package review_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"reviewdesk/review"
)

// Black letters on nothing are read on a screen; written anew as a JPEG, which knows no
// transparency, they must not become black on black.
func TestATransparentPictureIsKeptOnWhite(t *testing.T) {
	drawn := image.NewNRGBA(image.Rect(0, 0, 32, 16)) // transparent
	for y := range 16 {
		for x := range 16 {
			drawn.Set(x, y, color.Black)
		}
	}
	var data bytes.Buffer
	if err := png.Encode(&data, drawn); err != nil {
		t.Fatal(err)
	}
	kept := clean(t, data.Bytes())
	if dark, light := level(kept, 4, 8), level(kept, 27, 8); dark > 40 || light < 215 {
		t.Errorf("the letter is at %d, what was around it at %d", dark, light)
	}
}

// Phones write a picture as the sensor lies and beside it which way is up. What is kept
// has lost that word, so it is turned first.
func TestAPhonesPictureIsKeptUpright(t *testing.T) {
	for turn, want := range map[uint16]struct {
		w, h, x, y int // size, and where the dark corner is
	}{
		0: {64, 32, 8, 8}, 1: {64, 32, 8, 8}, 2: {64, 32, 56, 8}, 3: {64, 32, 56, 24}, 4: {64, 32, 8, 24},
		5: {32, 64, 8, 8}, 6: {32, 64, 24, 8}, 7: {32, 64, 24, 56}, 8: {32, 64, 8, 56}, 9: {64, 32, 8, 8},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			kept := clean(t, photo(t, turn, order))
			if size := kept.Bounds().Size(); size != image.Pt(want.w, want.h) {
				t.Errorf("%d, %s: %v", turn, order, size)
				continue
			}
			for _, x := range []int{8, want.w - 8} {
				for _, y := range []int{8, want.h - 8} {
					if dark := level(kept, x, y) < 128; dark != (x == want.x && y == want.y) {
						t.Errorf("%d, %s: dark at %d,%d is %t", turn, order, x, y, dark)
					}
				}
			}
		}
	}
}

func TestABrokenWordOnWhichWayIsUpIsLeftOut(t *testing.T) {
	whole := photo(t, 6, binary.LittleEndian)
	for n := 20; n < 38; n++ { // a byte of the header, the directory or its entry
		data := bytes.Clone(whole)
		data[n] ^= 0xff
		clean(t, data)
	}
}

func clean(t *testing.T, data []byte) image.Image {
	t.Helper()
	kept, err := review.CleanPicture(data)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(kept, []byte("Exif")) {
		t.Error("the metadata is still there")
	}
	img, err := jpeg.Decode(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// photo is a light JPEG of 64 by 32 whose upper left corner is dark, with the
// orientation in its metadata.
func photo(t *testing.T, turn uint16, order binary.AppendByteOrder) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 64, 32))
	for y := range 32 {
		for x := range 64 {
			img.SetGray(x, y, color.Gray{Y: 230})
			if x < 16 && y < 16 {
				img.SetGray(x, y, color.Gray{Y: 20})
			}
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	mark := "MM"
	if order == binary.LittleEndian {
		mark = "II"
	}
	exif := append([]byte("Exif\x00\x00"), mark...)
	exif = order.AppendUint16(exif, 42)
	exif = order.AppendUint32(exif, 8)     // where the directory is
	exif = order.AppendUint16(exif, 1)     // its entries
	exif = order.AppendUint16(exif, 0x112) // orientation
	exif = order.AppendUint16(exif, 3)     // of two bytes
	exif = order.AppendUint32(exif, 1)
	exif = order.AppendUint16(exif, turn)
	exif = append(exif, 0, 0, 0, 0, 0, 0)
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(segment, exif...), out.Bytes()[2:]...)
}

func level(img image.Image, x, y int) uint8 {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
}
