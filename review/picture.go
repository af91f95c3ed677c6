package review

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
)

// shown is a picture as a screen shows it: turned the way its metadata asks for, and on
// white where nothing covers the page. A JPEG without metadata can say neither.
type shown struct {
	image.Image
	turn int // as EXIF counts it, 1 to 8; 1 is upright
}

// asShown is the picture itself where it is upright and covers everything.
func asShown(img image.Image, turn int) image.Image {
	whole, known := img.(interface{ Opaque() bool })
	if turn == 1 && known && whole.Opaque() {
		return img
	}
	return shown{img, turn}
}

// ColorModel says that nothing shines through.
func (s shown) ColorModel() color.Model { return color.RGBA64Model }

// Bounds are those of the turned picture.
func (s shown) Bounds() image.Rectangle {
	size := s.Image.Bounds().Size()
	if s.turn >= 5 {
		size = image.Pt(size.Y, size.X)
	}
	return image.Rectangle{Max: size}
}

// At is the colour that is seen at a place of the turned picture.
func (s shown) At(x, y int) color.Color {
	from := s.Image.Bounds()
	right, low := from.Dx()-1, from.Dy()-1
	switch s.turn {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, low-y
	case 4:
		y = low - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, low-x
	case 7:
		x, y = right-y, low-x
	case 8:
		x, y = right-y, x
	}
	r, g, b, a := s.Image.At(from.Min.X+x, from.Min.Y+y).RGBA()
	white := 0xffff - a
	return color.RGBA64{uint16(r + white), uint16(g + white), uint16(b + white), 0xffff}
}

// orientation is which way up a JPEG is to be shown, from its EXIF metadata; 1 where it
// says nothing that can be understood.
func orientation(data []byte) int {
	for len(data) > 1 && data[0] == 0xff && data[1] == 0xd8 { // the start
		data = data[2:]
	}
	for len(data) >= 4 && data[0] == 0xff && data[1] != 0xda { // segments, until the scan
		n := int(binary.BigEndian.Uint16(data[2:])) + 2
		if n < 4 || n > len(data) {
			break
		}
		if tiff, is := bytes.CutPrefix(data[4:n], []byte("Exif\x00\x00")); is && data[1] == 0xe1 {
			return tiffOrientation(tiff)
		}
		data = data[n:]
	}
	return 1
}

// tiffOrientation looks for the entry 0x0112 in the first directory.
func tiffOrientation(tiff []byte) int {
	const header, entry = 8, 12
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(tiff) < header {
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at < header || at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entry {
			break
		}
		if turn := int(order.Uint16(entries[8:])); order.Uint16(entries) == 0x112 && turn >= 1 && turn <= 8 {
			return turn
		}
		entries = entries[entry:]
	}
	return 1
}
