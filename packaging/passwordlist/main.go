// Command passwordlist makes the lists of package password from their
// sources; packaging/passwordlist/make.sh fetches these and calls it.
//
//	passwordlist LIST ENGLISH GERMAN LEFT-OUT FOLDER
//
// LIST is the list of published passwords, the most frequent first; ENGLISH
// and GERMAN are lists of words for dice; LEFT-OUT are words that nobody
// should be offered; FOLDER takes what is made.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"glucokeep/app/password"
)

// made is the date that the lists bear: that of the package, so that making
// them again gives the same bytes.
var made = time.Date(2019, 10, 3, 0, 0, 0, 0, time.UTC)

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: passwordlist LIST ENGLISH GERMAN LEFT-OUT FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]); err != nil {
		fmt.Fprintln(os.Stderr, "passwordlist:", err)
		os.Exit(1)
	}
}

func run(list, english, german, leftOut, folder string) error {
	text, err := os.ReadFile(list) // #nosec G703 -- a tool of whoever builds the program, who names the files
	if err != nil {
		return err
	}
	var common, words bytes.Buffer
	c, w, err := password.MakeEmbedded(bytes.NewReader(text), made, &common, &words)
	if err != nil {
		return err
	}
	fmt.Printf("%d passwords, %d words\n", c, w)
	out, err := os.ReadFile(leftOut) // #nosec G703 -- paths are named by whoever runs it
	if err != nil {
		return err
	}
	files := map[string][]byte{"common.list": common.Bytes(), "words.list": words.Bytes()}
	for name, from := range map[string]string{"phrase.en.txt": english, "phrase.de.txt": german} {
		if files[name], err = phraseWords(from, strings.Fields(string(out))); err != nil {
			return err
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil { // #nosec G703 -- paths are named by whoever runs it
			return err
		}
	}
	return nil
}

var plainWord = regexp.MustCompile(`^[a-z]{3,9}$`)

// phraseWords takes the last word of each line: lists for dice have the
// numbers before it.
func phraseWords(file string, leftOut []string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 0 {
			if word := fields[len(fields)-1]; plainWord.MatchString(word) && !slices.Contains(leftOut, word) {
				fmt.Fprintln(&b, word)
			}
		}
	}
	return b.Bytes(), lines.Err()
}
