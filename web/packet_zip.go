package web

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"reviewdesk/db"
	"reviewdesk/review"
)

// packetFile is one file of a packet's zip.
type packetFile struct {
	name string
	data []byte
}

// zipPacket puts the packet's files into one: sorted by name, stored as they are (what
// a compressor makes of them may change with the next release of Go), and all of them
// of the time of the decision.
func zipPacket(p db.Packet, page []byte) ([]byte, error) {
	files := []packetFile{{"packet.html", page}, {"log-extract.ndjson", p.Extract}}
	for i, image := range p.Images {
		files = append(files, packetFile{evidenceName(i, image), image.Data})
	}
	for i, file := range p.Files {
		files = append(files, packetFile{attachedName(i, file), file.Data})
	}
	byName := func(a, b packetFile) int { return cmp.Compare(a.name, b.name) }
	slices.SortFunc(files, byName)
	var sums strings.Builder
	for _, f := range files {
		fmt.Fprintf(&sums, "%s  %s\n", digestOf(f.data), f.name)
	}
	files = append(files, packetFile{"SHA256SUMS", []byte(sums.String())})
	slices.SortFunc(files, byName)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		header := zip.FileHeader{Name: packetName(p) + "/" + f.name, Method: zip.Store, Modified: p.Event.Time.UTC().Truncate(time.Second)}
		header.SetMode(0o644)
		to, err := w.CreateHeader(&header)
		if err != nil {
			return nil, fmt.Errorf("packet: %w", err)
		}
		if _, err := to.Write(f.data); err != nil {
			return nil, fmt.Errorf("packet: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packet: %w", err)
	}
	return out.Bytes(), nil
}

// evidenceName is a picture's name in the zip. Its kind is one of ours.
func evidenceName(i int, p review.Picture) string {
	ending := ".jpg"
	if p.MediaType == "image/png" {
		ending = ".png"
	}
	kind := "picture"
	switch p.Kind {
	case review.PictureFront, review.PictureBack, review.PictureSelfie:
		kind = strings.ReplaceAll(p.Kind, "_", "-")
	}
	return fmt.Sprintf("evidence/%d-%s%s", i+1, kind, ending)
}
