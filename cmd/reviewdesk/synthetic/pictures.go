package synthetic

import (
	"image"

	"reviewdesk/cmd/reviewdesk/specimen"
	"reviewdesk/review"
)

// pictures draws what the applicant sent.
func (d *draft) pictures() []review.ExtensionPicture {
	var out []review.ExtensionPicture
	add := func(kind string, sent bool, img func() image.Image) {
		if !sent {
			return
		}
		if data := specimen.JPEG(img()); data != nil {
			out = append(out, review.ExtensionPicture{Kind: kind, MediaType: "image/jpeg", Data: data})
		}
	}
	add(review.PictureFront, d.front, d.drawFront)
	add(review.PictureBack, d.back && d.print.Kind != "passport", func() image.Image { return specimen.Back(d.print) })
	add(review.PictureSelfie, d.self, func() image.Image { return specimen.Selfie(d.print.Seed, d.selfie) })
	return out
}

func (d *draft) drawFront() image.Image {
	if d.swapped {
		return specimen.Back(d.print)
	}
	return specimen.Front(d.print)
}
