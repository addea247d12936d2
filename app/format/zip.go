package format

import (
	"archive/zip"
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"path"
	"strings"

	"glucokeep/app/fault"
)

// packing says how the bytes of an Input are packed.
func packing(start []byte) string {
	switch {
	case len(start) >= 4 && string(start[:4]) == "PK\x03\x04", len(start) >= 4 && string(start[:4]) == "PK\x05\x06":
		return "zip"
	case len(start) >= 3 && string(start[:3]) == "\x1f\x8b\x08":
		return "gzip"
	}
	return ""
}

// unzip lists the files of a zip archive after checking it against the bounds
// of limit.go. The names inside are never used as paths.
func unzip(in Input) ([]file, error) {
	// The section refuses the offsets outside the file that a hostile
	// directory names.
	z, err := zip.NewReader(io.NewSectionReader(in.ReaderAt, 0, in.Size), in.Size)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, faultBroken)
	}
	if len(z.File) > maxEntries {
		return nil, errTooLarge(faultManyEntries, "limit", maxEntries)
	}
	var files []file
	var packed, unpacked uint64
	for i, f := range z.File {
		if f.FileInfo().IsDir() || macJunk(f.Name) {
			continue
		}
		if f.Flags&1 != 0 {
			return nil, fault.New(fault.Invalid, faultEncrypted)
		}
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
		switch {
		case f.UncompressedSize64 > maxUnpacked || unpacked > maxUnpacked:
			return nil, errTooLarge(faultUnpacked, "limit", maxUnpacked)
		case f.UncompressedSize64 > ratioFloor && f.UncompressedSize64/maxRatio > f.CompressedSize64:
			return nil, errTooLarge(faultRatio, "limit", maxRatio)
		case packed > uint64(max(in.Size, 0)): // entries that share their bytes
			return nil, fault.New(fault.Invalid, faultBroken)
		}
		files = append(files, file{number: i + 1, name: strings.ToLower(path.Base(f.Name)), open: func() (io.Reader, error) {
			r, err := f.Open()
			if err != nil {
				return nil, fault.Wrap(err, fault.Invalid, faultBroken)
			}
			// A header that lies about the size must not unpack to more.
			return packedReader{&bounded{r: r, left: int64(f.UncompressedSize64)}}, nil
		}})
	}
	return files, nil
}

// macJunk are the shadow files that a Mac puts into its archives.
func macJunk(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || path.Base(name) == ".DS_Store"
}

// gunzip is the one file in a gzip, its size and ratio checked as it unpacks.
func gunzip(in Input) file {
	return file{number: 1, open: func() (io.Reader, error) {
		packed := &counted{r: io.NewSectionReader(in.ReaderAt, 0, in.Size)}
		z, err := gzip.NewReader(bufio.NewReaderSize(packed, 64<<10))
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, faultBroken)
		}
		return packedReader{&tight{r: z, packed: packed}}, nil
	}}
}

// bounded reads at most left bytes and calls more a broken archive.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more tells a lie from the end
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, fault.New(fault.Invalid, faultBroken)
	}
	return n, err
}

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// tight refuses a stream that unpacks to too much of what was read.
type tight struct {
	r      io.Reader
	packed *counted
	n      int64
}

func (t *tight) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.n += int64(n)
	switch {
	case t.n > maxUnpacked:
		return 0, errTooLarge(faultUnpacked, "limit", maxUnpacked)
	case t.n > ratioFloor && t.n/maxRatio > t.packed.n:
		return 0, errTooLarge(faultRatio, "limit", maxRatio)
	}
	return n, err
}

// packedReader turns what goes wrong while unpacking into a fault: a cut or
// damaged archive is not our error.
type packedReader struct{ r io.Reader }

func (p packedReader) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	if _, ours := errors.AsType[*fault.Error](err); ours {
		return n, err
	}
	return n, fault.Wrap(err, fault.Invalid, faultBroken)
}
