//! When what goes, drawn: lanes per data class, a bar from the start event to the day it goes, today as a line.

use std::fmt::{self, Write as _};

use askama::filters::{Escaper, Html, HtmlSafe};
use jiff::{Timestamp, tz::TimeZone};
use obhut_core::model::Lang;

use super::Moment;
use crate::texts::Texts;

/// The drawing with a table of the same content beside it.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Now, the line.
    pub now: Timestamp,
    /// The calendar.
    pub zone: TimeZone,
    /// The language.
    pub lang: Lang,
    /// The lanes.
    pub lanes: Vec<Lane>,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The data class.
    pub label: String,
    /// When it starts.
    pub from: Timestamp,
    /// When it goes; none while nothing ends it.
    pub to: Option<Timestamp>,
    /// The rule sentence.
    pub rule: String,
    /// A hold or a consent keeps it past its date.
    pub held: bool,
}

const WIDTH: f64 = 720.0;
const LANE: f64 = 56.0;
const TOP: f64 = 24.0;

impl fmt::Display for Timeline {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few decades lose nothing that a drawing shows")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = Texts(self.lang);
        let first = self.lanes.iter().map(|lane| lane.from).min().unwrap_or(self.now).min(self.now);
        let last = self.lanes.iter().filter_map(|lane| lane.to).max().unwrap_or(self.now).max(self.now);
        let span = (last.as_second() - first.as_second()).max(86_400) as f64;
        // A fifth of room at the right for bars without an end.
        let x = |at: Timestamp| ((at.as_second() - first.as_second()) as f64 / span).mul_add(WIDTH * 0.84, 8.0);
        let height = LANE.mul_add(f64::from(u32::try_from(self.lanes.len()).unwrap_or(0)), TOP + 8.0);
        write!(
            f,
            "<svg class=\"timeline\" viewBox=\"0 0 {WIDTH} {height}\" aria-hidden=\"true\"><defs><pattern id=\"held\" \
             width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path d=\"M0 \
             0v6\"/></pattern></defs>"
        )?;
        // Bars first, then the line of today across them, then the words on top.
        let mut words = String::new();
        for (row, lane) in self.lanes.iter().enumerate() {
            let y = LANE.mul_add(f64::from(u32::try_from(row).unwrap_or(0)), TOP);
            let from = x(lane.from);
            let to = lane.to.map_or(WIDTH - 4.0, x).max(from + 4.0);
            let look = if lane.held { "class=\"held\" fill=\"url(#held)\"" } else { "class=\"bar\"" };
            write!(f, "<rect {look} x=\"{from:.1}\" y=\"{:.0}\" width=\"{:.1}\" height=\"14\"/>", y + 20.0, to - from)?;
            let end = lane.to.map_or_else(
                || t.no_end().to_owned(),
                |at| Moment::short_day(at, &self.zone, self.lang).text().to_owned(),
            );
            write!(words, "<text x=\"{from:.0}\" y=\"{:.0}\">{}</text>", y + 14.0, Escaped(&lane.label))?;
            // A bar that ended long ago is too short for its date: the date then starts where the bar starts.
            let (at, class) = if to - from > 80.0 { (to, "end") } else { (from, "start") };
            write!(words, "<text class=\"{class}\" x=\"{at:.0}\" y=\"{:.0}\">{}</text>", y + 48.0, Escaped(&end))?;
        }
        let now = x(self.now);
        write!(
            f,
            "<path class=\"now\" d=\"M{now:.1} {:.0}V{height:.0}\"/>{words}<text class=\"today\" x=\"{:.0}\" \
             y=\"12\">{}</text></svg>",
            TOP - 6.0,
            now.max(24.0),
            Escaped(t.today())
        )
    }
}

impl HtmlSafe for Timeline {}

impl Timeline {
    pub(super) fn from(&self, lane: &Lane) -> Moment {
        Moment::short_day(lane.from, &self.zone, self.lang)
    }

    pub(super) fn to(&self, lane: &Lane) -> Option<Moment> {
        lane.to.map(|at| Moment::short_day(at, &self.zone, self.lang))
    }
}

struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Html.write_escaped_str(f, self.0)
    }
}
