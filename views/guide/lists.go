package guide

import "glucokeep/views/component"

// lists are notices, tables and what stands where nothing is yet.
func lists() []Part {
	return []Part{
		{Name: "notice", Show: notice("Saved.", false)},
		{Name: "notice-warning", Show: notice("12 of 14 days with readings, 61% of the time: too few to judge the period.", true)},
		{Name: "badge", Show: component.Badge("Demo data", false)},
		{Name: "badge-warning", Show: component.Badge("constructed, not seen", true)},
		{Name: "tabs", Show: component.Tabs("Window", []component.Tab{{URL: "#guide.lists", Label: "3 h"}, {URL: "#guide.lists", Label: "6 h", Current: true}, {URL: "#guide.lists", Label: "12 h"}})},
		{Name: "table", Show: component.ShowTable(component.Table{Caption: "Doses of a day", Head: []string{"Time", "Units", "From"},
			Rows: [][]string{{"07:50", "6.2", "Demo pump L"}, {"13:20", "5", "Demo pump L"}, {"22:05", "14", "Written by Nan"}}, Numeric: []int{1}}), Wide: true},
		{Name: "table-stack", Show: component.ShowTable(component.Table{Stack: true, Caption: "Sensors of a month", Head: []string{"Started", "Ended", "Device", "Worn", "Why it ended"},
			Rows: [][]string{{"5 Nov, 19:58", "16 Nov, 18:58", "Demo sensor H", "11.0 days", "replaced by the next one"}, {"16 Nov, 18:58", "worn now", "Demo sensor H", "8.1 days", "–"}}, Numeric: []int{3}}), Wide: true},
		{Name: "figures", Show: figures(), Wide: true},
		{Name: "facts", Show: facts(), Wide: true},
		{Name: "details", Show: details()},
		{Name: "empty", Show: empty(), Wide: true},
	}
}
