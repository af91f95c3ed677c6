// Command benchtable reads what "go test -bench" prints and writes one Markdown table:
// for each path and size what it costs, how that stands to the floor measured beside it,
// and how it grew from the smallest size. It takes benchmarks named
// Group/SIZE/PATH/desk and Group/SIZE/PATH/floor, whose figures package gauge reports;
// of repeated runs (-count) the median of each figure counts.
//
// With the name of a file it also puts the table between the file's two marks, and leaves
// the rest of the file alone. A run that failed leaves all of it alone.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"reviewdesk/db/dbtest/gauge"
)

func main() {
	r, err := read(io.TeeReader(os.Stdin, os.Stderr))
	if err == nil {
		err = put(os.Args[1:], r.table())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

// The table stands between these lines.
const (
	begin = "<!-- begin: written by make bench -->\n"
	end   = "<!-- end -->"
)

func put(files []string, table string) error {
	fmt.Print(table)
	if len(files) == 0 {
		return nil
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !found || !closed {
		return fmt.Errorf("%s: the marks are missing", files[0])
	}
	return os.WriteFile(files[0], slices.Concat(before, []byte(begin+"\n"+table+"\n"+end), after), 0o644)
}

// run is one run of the benchmarks.
type run struct {
	about []string // what go test says of the machine, in order
	procs string
	rows  []*row
}

// row is one path at one size.
type row struct {
	group, path, size, pkg string
	desk, floor            figures
}

// figures are values by their units, one for each repetition.
type figures map[string][]float64

func (f figures) of(unit string) float64 {
	all := slices.Sorted(slices.Values(f[unit]))
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}

func read(from io.Reader) (r run, err error) {
	pkg, failed := "", false
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		line := lines.Text()
		key, value, _ := strings.Cut(line, ": ")
		switch {
		case key == "pkg":
			pkg = value
		case slices.Contains([]string{"goos", "goarch", "cpu"}, key) && !slices.Contains(r.about, value):
			r.about = append(r.about, value)
		case strings.Contains(line, "FAIL") || strings.HasPrefix(line, "panic:"):
			failed = true
		case strings.HasPrefix(line, "Benchmark"):
			r.take(line, pkg)
		}
	}
	if err := lines.Err(); err != nil {
		return r, err
	}
	if failed || len(r.rows) == 0 {
		return r, errors.New("the benchmarks did not run to their end")
	}
	return r, nil
}

// take reads "BenchmarkDesk/1e4/queue-first/desk-2  100  1976 cpu-us/op  474.1 ops/s ...".
func (r *run) take(line, pkg string) {
	fields := strings.Fields(line)
	parts := strings.Split(fields[0], "/")
	if len(parts) != 4 || len(fields) < 4 {
		return
	}
	kind, procs, _ := strings.Cut(parts[3], "-")
	r.procs = procs
	into := r.row(strings.TrimPrefix(parts[0], "Benchmark"), parts[1], parts[2], pkg).desk
	if kind == "floor" {
		into = r.row(strings.TrimPrefix(parts[0], "Benchmark"), parts[1], parts[2], pkg).floor
	}
	for i := 2; i+1 < len(fields); i += 2 {
		if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
			into[fields[i+1]] = append(into[fields[i+1]], v)
		}
	}
}

func (r *run) row(group, size, path, pkg string) *row {
	if known := r.find(path, size); known != nil {
		return known
	}
	fresh := &row{group: group, path: path, size: size, pkg: pkg, desk: figures{}, floor: figures{}}
	r.rows = append(r.rows, fresh)
	return fresh
}

func (r *run) find(path, size string) *row {
	for _, known := range r.rows {
		if known.path == path && known.size == size {
			return known
		}
	}
	return nil
}

func (r *run) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s processors, %s.\n\n", strings.Join(r.about, ", "), r.procs, runtime.Version())
	b.WriteString("| path | size | p50 | p99 | CPU | allocations | a second | CPU to floor | rate to floor | growth | run it |\n")
	b.WriteString("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|\n")
	for _, path := range r.paths() {
		var first *row
		for _, x := range r.rows {
			if x.path != path {
				continue
			}
			if first == nil {
				first = x
			}
			x.write(&b, first)
		}
	}
	return b.String()
}

// paths are in the order in which they ran.
func (r *run) paths() (out []string) {
	for _, x := range r.rows {
		if !slices.Contains(out, x.path) {
			out = append(out, x.path)
		}
	}
	return out
}

func (x *row) write(b *strings.Builder, first *row) {
	growth := ""
	if x != first {
		growth = ratio(x.desk.of(gauge.Processor), first.desk.of(gauge.Processor))
	}
	_, folder, _ := strings.Cut(x.pkg, "/")
	fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %.0f | %s | %s | %s | %s | `./%s %s/%s/%s$` |\n", x.path, x.size,
		duration(x.desk.of(gauge.Median)), duration(x.desk.of(gauge.Slowest)), duration(x.desk.of(gauge.Processor)), x.desk.of(gauge.Allocs), three(x.desk.of(gauge.Rate)),
		ratio(x.desk.of(gauge.Processor), x.floor.of(gauge.Processor)), ratio(x.desk.of(gauge.Rate), x.floor.of(gauge.Rate)), growth, folder, x.group, x.size, x.path)
}

// duration writes microseconds.
func duration(us float64) string {
	switch {
	case us >= 1e6:
		return three(us/1e6) + " s"
	case us >= 1e3:
		return three(us/1e3) + " ms"
	}
	return three(us) + " µs"
}

func ratio(a, b float64) string {
	if b == 0 {
		return ""
	}
	return three(a / b)
}

// three writes three digits that count.
func three(v float64) string {
	decimals := 0
	for limit := 100.0; v < limit && decimals < 2; limit /= 10 {
		decimals++
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}
