// Command write puts the support matrix that tests have collected into a document, or with -check fails when the
// document says anything else.
//
//	TAPCARD_MATRIX=DIR go run tapcard.example/internal/matrix/write [-check] README.md
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"

	"tapcard.example/internal/matrix"
)

func main() {
	check := flag.Bool("check", false, "change nothing; fail when the document is not up to date")
	flag.Parse()
	if err := run(flag.Arg(0), *check); err != nil {
		fmt.Fprintln(os.Stderr, "matrix:", err)
		os.Exit(1)
	}
}

func run(path string, check bool) error {
	cells, err := matrix.Read(os.Getenv(matrix.Env))
	if err != nil {
		return err
	}
	before, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	after, err := matrix.Insert(string(before), cells)
	switch {
	case err != nil:
		return err
	case after == string(before):
		fmt.Printf("the support matrix in %s is what %d cells of tests say\n", path, len(cells))
		return nil
	case check:
		return errors.New("the support matrix in " + path + " is not what the tests say: run make matrix")
	}
	return os.WriteFile(path, []byte(after), 0o644)
}
