package coinify

import (
	"encoding/json"
	"errors"

	"reviewdesk/review"
)

// composed is an attempt made from a plain row: the nine members of section 5 in
// their order, and our extension.
type composed struct {
	ID           string           `json:"id"`
	State        string           `json:"state"`
	CreateTime   string           `json:"createTime"`
	ApproveTime  any              `json:"approveTime"`
	ExpireTime   any              `json:"expireTime"`
	RedirectURL  string           `json:"redirectUrl"`
	SDKToken     any              `json:"sdkToken"`
	ReturnURL    any              `json:"returnUrl"`
	RejectReason any              `json:"rejectReason"`
	Reviewdesk   review.Extension `json:"reviewdesk"`
}

// nowhere is a valid address that leads nowhere: redirectUrl may not be null, and
// a row has no flow to return to.
const nowhere = "about:blank"

// Compose makes an attempt out of a row. An approved one is approved at the row's
// updated_at and runs out with its document; an attempt in any other state has no
// place for that time.
func (Vocabulary) Compose(row review.Row) ([]byte, error) {
	if row.Method != "" {
		return nil, errors.New("method: Coinify has none")
	}
	c := composed{
		ID: row.ID, State: row.State, RedirectURL: nowhere,
		RejectReason: orNull(row.Reason), Reviewdesk: row.Extension(),
	}
	var err error
	if c.CreateTime, err = rewrite(row.CreatedAt); err != nil {
		return nil, err
	}
	if row.State != StateApproved {
		return json.Marshal(c)
	}
	if c.ApproveTime, err = rewrite(row.UpdatedAt); err != nil {
		return nil, err
	}
	if at, err := review.ParseDate(row.Document.Read.Expiry); err == nil {
		c.ExpireTime = wireTime(at)
	}
	return json.Marshal(c)
}

// rewrite puts a time into Coinify's form.
func rewrite(text string) (string, error) {
	t, err := review.ParseTime(text)
	if err != nil {
		return "", errors.New("created_at or updated_at: " + err.Error())
	}
	return wireTime(t), nil
}
