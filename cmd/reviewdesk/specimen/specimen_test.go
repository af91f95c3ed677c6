package specimen

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/jpeg"
	"sync"
	"testing"
	"time"
)

var kinds = []string{"identity_card", "passport", "drivers_license", "residence_card"}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// lucia is the applicant most tests use.
func lucia() Document {
	return Document{
		Seed: 42, Kind: "identity_card", Country: "ES", Surname: "Fernández Quispe", Given: "Lucía Mariana",
		Number: "X4820418L", Sex: "F", Birth: date(1991, 3, 14), Expiry: date(2029, 11, 3),
	}
}

// sum identifies a picture by its pixels.
func sum(t *testing.T, img image.Image) string {
	t.Helper()
	m, ok := img.(*image.RGBA)
	if !ok {
		t.Fatalf("picture is a %T, want *image.RGBA", img)
	}
	return fmt.Sprintf("%x", sha256.Sum256(m.Pix))
}

func TestSizes(t *testing.T) {
	for _, kind := range kinds {
		d := lucia()
		d.Kind = kind
		want := image.Rect(0, 0, 1013, 638)
		if kind == "passport" {
			want = image.Rect(0, 0, 1250, 880)
		}
		if got := Front(d).Bounds(); got != want {
			t.Errorf("front of %s is %v, want %v", kind, got, want)
		}
		back := Back(d)
		if kind == "passport" {
			if back != nil || JPEG(back) != nil {
				t.Errorf("a passport has a back")
			}
		} else if back.Bounds() != want {
			t.Errorf("back of %s is %v, want %v", kind, back.Bounds(), want)
		}
	}
	if got := Selfie(1, None).Bounds(); got != image.Rect(0, 0, 720, 900) {
		t.Errorf("selfie is %v", got)
	}
}

func TestSamePixelsTwice(t *testing.T) {
	draw := func() string {
		d := lucia()
		d.Defect = Damaged
		s := sum(t, Front(lucia())) + sum(t, Back(lucia())) + sum(t, Selfie(42, None)) + sum(t, Front(d))
		return s + fmt.Sprintf("%x", sha256.Sum256(JPEG(Front(lucia()))))
	}
	want := draw()
	var all sync.WaitGroup
	for range 4 { // and from several goroutines, which share the glyphs
		all.Go(func() {
			if draw() != want {
				t.Error("the same documents came out different")
			}
		})
	}
	all.Wait()
}

func TestDefectsShow(t *testing.T) {
	passport := lucia()
	passport.Kind = "passport"
	same := map[string]map[Defect]bool{
		"front": {Expired: true, OtherFace: true}, "back": {Expired: true, OtherFace: true},
		"passport": {Expired: true, OtherFace: true}, "selfie": {Expired: true, MRZWrong: true},
	}
	sides := map[string]func(Defect) image.Image{
		"front":    func(f Defect) image.Image { d := lucia(); d.Defect = f; return Front(d) },
		"back":     func(f Defect) image.Image { d := lucia(); d.Defect = f; return Back(d) },
		"passport": func(f Defect) image.Image { d := passport; d.Defect = f; return Front(d) },
		"selfie":   func(f Defect) image.Image { return Selfie(42, f) },
	}
	for name, draw := range sides {
		seen := map[string]Defect{sum(t, draw(None)): None}
		for f := Blurred; f <= OtherFace; f++ {
			s := sum(t, draw(f))
			twin, dup := seen[s]
			if dup != same[name][f] || dup && twin != None {
				t.Errorf("%s with defect %d: seen before %v (as %d)", name, f, dup, twin)
			}
			seen[s] = f
			if dup {
				seen[s] = None
			}
		}
	}
}

func TestNeverPanics(t *testing.T) {
	names := []string{"", " ", "محمد الخوري", "李小明", "김민준", "Иванов", "प्रिया शर्मा", "きょうこ", "\x00\xff", "🙂", "X Æ A-12",
		"Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren"}
	for i, n := range names {
		for _, kind := range []string{kinds[i%4], "library_card"} {
			d := Document{Seed: int64(-i * 77777), Kind: kind, Country: n, Surname: n, Given: n, Number: n, Sex: n, Defect: Defect(i)}
			Front(d)
			Back(d)
			for _, l := range MRZ(d) {
				if len(l) != 30 && len(l) != 44 {
					t.Errorf("MRZ line %q has %d characters", l, len(l))
				}
			}
		}
	}
	Selfie(-1<<63, Defect(99))
	Front(Document{Birth: date(-5, 1, 1), Expiry: date(123456, 1, 1), Kind: "passport"})
}

func TestJPEG(t *testing.T) {
	for f := None; f <= OtherFace; f++ {
		d := lucia()
		d.Defect = f
		for name, img := range map[string]image.Image{"front": Front(d), "back": Back(d), "selfie": Selfie(d.Seed, f)} {
			b := JPEG(img)
			if len(b) > 110<<10 {
				t.Errorf("%s with defect %d takes %d bytes", name, f, len(b))
			}
			got, err := jpeg.DecodeConfig(bytes.NewReader(b))
			if err != nil || got.Width != img.Bounds().Dx() || got.Height != img.Bounds().Dy() {
				t.Errorf("%s with defect %d does not decode: %v", name, f, err)
			}
		}
	}
}

// TestFacesDiffer looks at what makes people recognisable.
func TestFacesDiffer(t *testing.T) {
	styles, faces := map[hairStyle]bool{}, map[look]bool{}
	for seed := range int64(200) {
		l := lookOf(seed)
		styles[l.style], faces[l] = true, true
		if o := lookOf(other(seed)); o.style == l.style || o.hair == l.hair || o.femme != l.femme {
			t.Errorf("seed %d: the other face is too close", seed)
		}
		if l != lookOf(seed) {
			t.Errorf("seed %d gives two faces", seed)
		}
	}
	if len(styles) < 10 || len(faces) < 200 {
		t.Errorf("only %d hair styles and %d faces in 200 seeds", len(styles), len(faces))
	}
	if lookOf(SeedFor("F", 7)).femme != true || lookOf(SeedFor("male", 8)).femme != false || SeedFor("X", 8) != 8 {
		t.Error("SeedFor does not follow the sex marker")
	}
}

func BenchmarkPictures(b *testing.B) {
	passport := lucia()
	passport.Kind = "passport"
	front := Front(lucia())
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"Front", func() { Front(lucia()) }},
		{"Back", func() { Back(lucia()) }},
		{"Passport", func() { Front(passport) }},
		{"Selfie", func() { Selfie(42, None) }},
		{"ThreePictures", func() { Front(lucia()); Back(lucia()); Selfie(42, None) }},
		{"JPEG", func() { JPEG(front) }},
		{"ThreeJPEGs", func() { JPEG(Front(lucia())); JPEG(Back(lucia())); JPEG(Selfie(42, None)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.run()
			}
		})
	}
}
