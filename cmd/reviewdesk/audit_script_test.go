package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/tlog"

	"reviewdesk/audit"
)

// firstid puts the id in the first row of the last output's CSV into a variable:
// firstid CASE
func firstid(ts *testscript.TestScript, neg bool, args []string) {
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(ts.ReadFile("stdout"), "\ufeff"))).ReadAll()
	ts.Check(err)
	at := -1
	if len(rows) > 1 {
		at = slices.Index(rows[0], "id")
	}
	if at < 0 {
		ts.Fatalf("no row with an id")
	}
	ts.Setenv(args[0], rows[1][at])
}

// proofof makes a proof file of one line of a bundle: proofof BUNDLE SEQ FILE
func proofof(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(ts.ReadFile(args[0]), "\n")
	var head struct{ Checkpoint string }
	ts.Check(json.Unmarshal([]byte(lines[0]), &head))
	for _, text := range lines[1:] {
		var line struct {
			Seq   int64
			Entry []byte
			Proof [][]byte
		}
		if json.Unmarshal([]byte(text), &line) != nil || strconv.FormatInt(line.Seq, 10) != args[1] {
			continue
		}
		p := audit.Proof{Index: line.Seq - 1, Entry: line.Entry, Checkpoint: []byte(head.Checkpoint)}
		for _, h := range line.Proof {
			p.Hashes = append(p.Hashes, tlog.Hash(h))
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), p.Bytes(), 0o600))
		return
	}
	ts.Fatalf("no entry %s", args[1])
}

// askwitness sends a head without a proof to the witness at $URL and wants a status;
// the answer becomes the last output: askwitness OLD FILE STATUS
func askwitness(ts *testscript.TestScript, neg bool, args []string) {
	old, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	request := audit.WitnessRequest{Old: old, Checkpoint: []byte(ts.ReadFile(args[1]))}
	answer, err := http.Post(ts.Getenv("URL")+"/add-checkpoint", "text/plain", bytes.NewReader(request.Bytes()))
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	if fmt.Sprint(answer.StatusCode) != args[2] {
		ts.Fatalf("status %d, want %s: %s", answer.StatusCode, args[2], body)
	}
	if size := answer.Header.Get("Content-Type") == "text/x.tlog.size"; size != (args[2] == "409") {
		ts.Fatalf("content type %s", answer.Header.Get("Content-Type"))
	}
	_, err = ts.Stdout().Write(body)
	ts.Check(err)
}

// cosign puts a witness's line behind a proof file's head: cosign FILE LINE
func cosign(ts *testscript.TestScript, neg bool, args []string) {
	p, err := audit.ParseProof([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	p.Checkpoint = append(p.Checkpoint, ts.ReadFile(args[1])...)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), p.Bytes(), 0o600))
}
