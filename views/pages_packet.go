package views

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

// PacketPage is a decision packet: one file that leaves the desk and must say for
// itself what it is. It has no frame, no links into the desk and no resource outside
// itself.
type PacketPage struct {
	ID, ShortID, ProviderID string
	Provider, Workspace     string
	Name, NameWarning       string
	State                   string // as the provider's API shows it after the decision
	Outcome                 string // "Approved" or "Rejected"
	Tone                    string // ok or bad
	Time                    string // of the decision, UTC
	Facts                   []Fact
	Pictures                []PacketPicture
	Face                    *Face
	Findings                []Finding
	Passed                  []string
	Compare                 []CompareRow
	Zones                   []Zone
	Sheets                  []PacketSheet
	Files                   []PacketFile
	Partly                  string
	Erased                  string // that the person was, and why; "" where they were not
	First, Second           *Word  // who decided or proposed, and who confirmed; nil for none
	FirstTime, SecondTime   string
	Versions                []Fact // catalogue, policy, version of the case
	Log                     []PacketEvent
	LogMore                 string // what of the log is not listed
	Head                    []Fact
	Checkpoint              string // the signed head
	Keys                    []string
	Extract                 string // SHA-256 of the extract
	Dense                   bool   // much was found or written: smaller letters keep it on two sheets
}

// PacketPicture is one image of the evidence, inside the page.
type PacketPicture struct {
	Caption, Size, SHA256 string
	File                  string // its name in the zip
	Data                  string // a data: address
}

// PacketSheet is what a name-match worksheet came to.
type PacketSheet struct{ Code, Conclusion, List, Entry, Compared, By, At string }

// PacketFile is a file that an officer had attached; it is in the zip.
type PacketFile struct{ Name, Kind, File, SHA256, By, At string }

// PacketEvent is one line of the log.
type PacketEvent struct{ Seq, Time, Who, What, Leaf string }

//go:embed packet.css
var packetStyle string

// packetPolicy lets a packet opened from a disk do nothing but show itself.
var packetPolicy = func() string {
	sum := sha256.Sum256([]byte(packetStyle))
	return "default-src 'none'; img-src data:; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// class makes letters smaller where much has to fit.
func (p *PacketPage) class() string { return when(p.Dense, "dense", "") }
