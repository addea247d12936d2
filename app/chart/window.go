package chart

import "time"

// Length is how long the span is.
func (s Span) Length() time.Duration { return s.Until.Sub(s.Since) }

// Within is the span moved and, where it must be, cut or stretched so that it
// lies in bounds and is least long, or as long as bounds if they are shorter.
func (s Span) Within(bounds Span, least time.Duration) Span {
	whole := bounds.Length()
	length := min(max(s.Length(), min(least, whole)), whole)
	since := s.Since
	if length != s.Length() { // keep the middle where it is
		since = s.middle().Add(-length / 2)
	}
	if latest := bounds.Until.Add(-length); since.After(latest) {
		since = latest
	}
	if since.Before(bounds.Since) {
		since = bounds.Since
	}
	return Span{Since: since, Until: since.Add(length)}
}

// Shift is the span moved by part of its length: 1 is the next one.
func (s Span) Shift(part float64) Span {
	by := time.Duration(part * float64(s.Length()))
	return Span{Since: s.Since.Add(by), Until: s.Until.Add(by)}
}

// Zoom is the span with its length divided by factor around its middle.
func (s Span) Zoom(factor float64) Span {
	half := time.Duration(float64(s.Length()) / factor / 2)
	middle := s.middle()
	return Span{Since: middle.Add(-half), Until: middle.Add(half)}
}

func (s Span) middle() time.Time { return s.Since.Add(s.Length() / 2) }
