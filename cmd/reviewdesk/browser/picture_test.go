package browser_test

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestThePictureOfTheReadme takes the README's screenshots from the running demo.
// It always takes and looks at them; make screenshots keeps them too.
func TestThePictureOfTheReadme(t *testing.T) {
	t.Parallel()
	b := openTab(t, startDemo(t, 200))
	b.signIn("reviewer", 0)
	b.keepPicture("queue.png")
	b.visit("case")
	b.keepPicture("case.png")
}

func (b tab) keepPicture(name string) {
	b.t.Helper()
	b.until(`document.fonts.status === "loaded" && [...document.images].every(i => i.complete)`)
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(shot))
	if err != nil || img.Bounds().Dx() != 1440 || img.Bounds().Dy() != 900 {
		b.t.Fatalf("%s: %v %v", name, img.Bounds(), err)
	}
	if os.Getenv("REVIEWDESK_SCREENSHOTS") == "" {
		return
	}
	folder := filepath.Join("..", "testdata", "screenshots")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), shot, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
