//go:build linux

package bench

import (
	"fmt"
	"os"
	"slices"
	"testing"
)

// TestNumbers prints the table. TAPCARD_BENCH names the tapcard program whose start is measured.
func TestNumbers(t *testing.T) {
	tapcard := os.Getenv("TAPCARD_BENCH")
	if tapcard == "" {
		t.Skip("numbers are measured by make bench")
	}
	figures := startFigures(t, tapcard)
	figures = slices.Concat(keycardFigures(t), duplicateFigures(t), linkedFigures(t), paycardFigures(t), tapFigures(t), simFigures(t), figures)
	if os.Getenv("TAPCARD_PCSCD") == "" {
		fmt.Println("no private reader here: what passes through one is not measured")
	} else {
		figures = append(figures, readerFigures(t)...)
	}
	for _, f := range figures {
		fmt.Println(f)
	}
}
