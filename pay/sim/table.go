package sim

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
)

// Table is the file runs.csv: a line for each row, the world as JSON in one column and each sum of the result in one.
// It is also what makes a sweep resumable.
type Table struct {
	w *csv.Writer
}

var header = []string{"key", "group", "label", "strategy", "budget", "return", "recovered_disputed", "recovered", "flip_bound",
	"samples", "settled", "refused", "hash", "months", "flipped", "attacked", "cases", "turnover", "short", "fraud", "stolen",
	"disputed", "disputed_back", "back", "honest_lost", "honest_won", "friendly_profit", "challenger_gains", "capital",
	"profit", "fees", "burned", "in", "out", "in_vault", "world"}

// firstSum is the column where what [OpenTable] reads begins.
const firstSum = 9

// OpenTable reads what an earlier run has left in a file and takes more rows at its end. A last line that was cut off is
// cut away.
func OpenTable(f *os.File) (*Table, map[string]Result, error) {
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, nil, err
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	if err := f.Truncate(int64(len(whole))); err != nil {
		return nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		return nil, nil, err
	}
	t := &Table{csv.NewWriter(f)}
	if len(whole) == 0 {
		return t, nil, t.flush(header)
	}
	have, err := readTable(bytes.NewReader(whole))
	return t, have, err
}

// Add writes a row; it is in the file when Add returns.
func (t *Table) Add(row Row) error {
	r := &row.Result
	world, err := json.Marshal(row.World)
	if err != nil {
		return err
	}
	line := []string{row.Key(), row.Group, row.Label, row.Strategy, fmt.Sprint(row.World.Attack.Budget),
		decimal(r.Return()), decimal(r.Recovered()), decimal(r.RecoveredOverall()), decimal(UpperBound(r.Flipped, r.Months))}
	for _, n := range r.counts() {
		line = append(line, strconv.FormatUint(*n, 10))
	}
	for _, n := range r.sums() {
		line = append(line, strconv.FormatInt(*n, 10))
	}
	line = slices.Insert(line, firstSum+2, fmt.Sprint(r.Refused))
	return t.flush(append(line, string(world)))
}

func (t *Table) flush(line []string) error {
	if err := t.w.Write(line); err != nil {
		return err
	}
	t.w.Flush()
	return t.w.Error()
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// readTable gives the results by their keys.
func readTable(r io.Reader) (map[string]Result, error) {
	lines, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if !slices.Equal(lines[0], header) {
		return nil, errors.New("this is not a table of runs, or one of another version")
	}
	have := map[string]Result{}
	for _, line := range lines[1:] {
		if have[line[0]], err = parse(line); err != nil {
			return nil, err
		}
	}
	return have, nil
}

func parse(line []string) (r Result, err error) {
	fields := slices.Clone(line[firstSum : len(line)-1])
	if _, err := fmt.Sscanf(fields[2], "[%d %d %d %d %d %d %d]", &r.Refused[0], &r.Refused[1], &r.Refused[2], &r.Refused[3],
		&r.Refused[4], &r.Refused[5], &r.Refused[6]); err != nil {
		return r, err
	}
	fields = slices.Delete(fields, 2, 3)
	for _, n := range r.counts() {
		if *n, err = strconv.ParseUint(fields[0], 10, 64); err != nil {
			return r, err
		}
		fields = fields[1:]
	}
	for _, n := range r.sums() {
		if *n, err = strconv.ParseInt(fields[0], 10, 64); err != nil {
			return r, err
		}
		fields = fields[1:]
	}
	return r, nil
}
