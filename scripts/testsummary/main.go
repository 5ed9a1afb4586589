// Command testsummary reads the output of go test -json and prints failures whole, one line per package, and a closing
// line with what was skipped and why.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type test struct{ pkg, name string }

func main() {
	output := map[test][]string{}
	var passed, failed int
	skips := map[string]int{}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 64<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text()) // a build error is no JSON
			continue
		}
		key := test{e.Package, e.Test}
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "pass", "fail", "skip":
			report(e, output[key])
			if e.Test != "" {
				switch e.Action {
				case "pass":
					passed++
				case "fail":
					failed++
				case "skip":
					skips[reason(output[key])]++
				}
			}
			delete(output, key)
		case "build-fail":
			failed++
			for _, lines := range output {
				fmt.Print(strings.Join(lines, ""))
			}
		}
	}
	fmt.Println(closing(skips))
	skipped := 0
	for _, n := range skips {
		skipped += n
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}

// report prints a package's result, and all that a failed test or package said.
func report(e event, lines []string) {
	if e.Action == "fail" {
		fmt.Printf("--- FAIL %s %s\n%s", e.Package, e.Test, strings.Join(lines, ""))
	}
	if e.Test == "" {
		word := map[string]string{"pass": "ok  ", "fail": "FAIL", "skip": "    "}[e.Action]
		fmt.Printf("%s %s %.1fs\n", word, e.Package, e.Elapsed)
	}
}

// reason is the line in which a test said why it skipped.
func reason(lines []string) string {
	for _, line := range lines {
		if text := strings.TrimSpace(line); text != "" && !strings.HasPrefix(text, "===") && !strings.HasPrefix(text, "---") {
			if _, after, ok := strings.Cut(text, ".go:"); ok {
				if _, why, ok := strings.Cut(after, ": "); ok {
					return why
				}
			}
			return text
		}
	}
	return "no reason given"
}

func closing(skips map[string]int) string {
	if len(skips) == 0 {
		return "Skipped: nothing."
	}
	reasons := make([]string, 0, len(skips))
	for why, n := range skips {
		reasons = append(reasons, fmt.Sprintf("%d (%s)", n, why))
	}
	sort.Strings(reasons)
	return "Skipped: " + strings.Join(reasons, "; ")
}
