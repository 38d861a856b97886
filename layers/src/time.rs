//! Moments, intervals and the asked time: two axes, always explicit, always half-open.
//!
//! In: RFC 3339 text and the `datetime` grammar of OGC API Features. Out: microseconds since 1970 UTC.
//! A bare date means midnight UTC where a moment is stored, and the whole UTC day where it is asked for.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::num::NonZero;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// Moment 0.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Why a time cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Neither a date nor a date-time with zone.
    #[error("'{0}' is no time; write 2025-10-22 or 2025-10-22T12:00:00Z (a time needs Z or an offset)")]
    Unreadable(String),
    /// An interval with more or fewer than two ends, or none at all.
    #[error("'{0}' is no interval; write start/end, with .. for one open end")]
    Interval(String),
    /// The end is not after the start.
    #[error("'{0}' ends before it starts")]
    Backwards(String),
}

/// A moment in UTC, in microseconds since 1970.
///
/// Counted from before everything, so that it is never 0 and an `Option` of it is as small: there are four in every feature and record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(NonZero<u64>);

/// What is added to microseconds since 1970 to count from before everything.
const SHIFT: u64 = 1 << 63;

impl Instant {
    /// Before everything.
    pub const MIN: Self = Self(NonZero::<u64>::MIN);
    /// After everything.
    pub const MAX: Self = Self(NonZero::<u64>::MAX);

    /// From microseconds since 1970. The lowest number of all is taken for the one after it.
    pub const fn from_micros(micros: i64) -> Self {
        match NonZero::new(micros.cast_unsigned() ^ SHIFT) {
            Some(shifted) => Self(shifted),
            None => Self::MIN,
        }
    }

    /// Microseconds since 1970.
    pub const fn micros(self) -> i64 {
        (self.0.get() ^ SHIFT).cast_signed()
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.micros().div_euclid(MICROS_PER_SECOND)
    }

    /// The UTC day, counted from the first of 1970.
    pub const fn day(self) -> i64 {
        self.micros().div_euclid(MICROS_PER_DAY)
    }

    /// So many days later (or earlier); stays within range.
    pub const fn plus_days(self, days: i64) -> Self {
        Self::from_micros(self.micros().saturating_add(days.saturating_mul(MICROS_PER_DAY)))
    }

    /// Reads a date (midnight UTC) or an RFC 3339 date-time with zone.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        match Asked::read(text)? {
            Asked::Day(start) | Asked::Moment(start) => Ok(start),
        }
    }

    fn of_utc(utc: DateTime) -> Self {
        Self::from_micros(i64::try_from(utc.duration_since(EPOCH).as_micros()).unwrap_or(i64::MAX))
    }
}

/// A date-time with zone, to the letter of RFC 3339 section 5.6 (a leap second counts as the second before it). Read by hand as
/// far as its shape goes, because jiff reads more, and in civil time, because its timestamps end a day before the year 9999 does.
fn moment(text: &str) -> Option<Instant> {
    let (local, rest) = text.split_at_checked("2025-10-22T12:00:00".len())?;
    let shaped = local.bytes().zip(*b"0000-00-00T00:00:00").all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't'),
        _ => byte == shape,
    });
    let zone_at = rest.find(|one: char| one != '.' && !one.is_ascii_digit())?;
    let (fraction, zone) = rest.split_at(zone_at);
    let fraction_is_one = fraction.is_empty() || (fraction.len() > 1 && fraction.rfind('.') == Some(0));
    if !shaped || !fraction_is_one {
        return None;
    }
    // Digits beyond the sixth are finer than a moment is kept.
    let fraction = &fraction[..fraction.len().min(".000000".len())];
    let civil: DateTime = format!("{local}{fraction}").parse().ok()?;
    Some(Instant::from_micros(Instant::of_utc(civil).micros().checked_sub(offset_micros(zone)?)?))
}

/// `Z`, or hours and minutes ahead of UTC. An unescaped `+` in a query string arrives as a blank.
fn offset_micros(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let (hours, minutes) = zone.strip_prefix(['+', ' ', '-'])?.split_once(':')?;
    let two = |digits: &str, below: i64| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|&number| plain && number < below)
    };
    Some(sign * (two(hours, 24)? * 60 + two(minutes, 60)?) * 60 * MICROS_PER_SECOND)
}

/// A text as it was meant: one moment, or a whole day.
enum Asked {
    Day(Instant),
    Moment(Instant),
}

impl Asked {
    fn read(text: &str) -> Result<Self, TimeError> {
        let unreadable = || TimeError::Unreadable(text.to_owned());
        if text.len() == "2025-10-22".len() {
            let date: Date = text.parse().map_err(|_syntax| unreadable())?;
            return Ok(Self::Day(Instant::of_utc(date.at(0, 0, 0, 0))));
        }
        moment(text).map(Self::Moment).ok_or_else(unreadable)
    }

    fn start(&self) -> Instant {
        match self {
            Self::Day(start) | Self::Moment(start) => *start,
        }
    }

    /// First moment that is no longer meant: the next midnight, or one microsecond after the moment.
    fn end(&self) -> Instant {
        match self {
            Self::Day(start) => start.plus_days(1),
            Self::Moment(at) => Instant::from_micros(at.micros().saturating_add(1)),
        }
    }
}

/// Always 20 characters, `2025-10-22T12:00:00Z`, so that texts sort as times. Fractions of a second are cut.
impl Instant {
    /// As it is displayed, with what there is beyond whole seconds: what is read back is the same moment.
    pub fn exact(self) -> String {
        let mut text = self.to_string();
        let micros = self.micros().rem_euclid(1_000_000);
        if micros > 0 {
            text.truncate(text.len() - 1);
            text.push_str(format!(".{micros:06}").trim_end_matches('0'));
            text.push('Z');
        }
        text
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = EPOCH.saturating_add(SignedDuration::from_secs(self.seconds()));
        let (year, month, day) = (utc.year().clamp(0, 9999), utc.month(), utc.day());
        write!(f, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", utc.hour(), utc.minute(), utc.second())
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instant").field(&self.micros()).finish()
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A half-open stretch of time `[from, to)`; `None` is an open end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Interval {
    /// First moment inside.
    pub from: Option<Instant>,
    /// First moment no longer inside.
    pub to: Option<Instant>,
}

impl Interval {
    /// All of time.
    pub const ALWAYS: Self = Self { from: None, to: None };

    /// Refuses an end that is not after the start.
    pub fn new(from: Option<Instant>, to: Option<Instant>) -> Result<Self, TimeError> {
        match (from, to) {
            (Some(start), Some(end)) if end <= start => Err(TimeError::Backwards(format!("{start}/{end}"))),
            _ => Ok(Self { from, to }),
        }
    }

    /// Whether the moment lies inside.
    pub fn contains(&self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at < to)
    }

    /// The stretch that two share, if they share any.
    pub fn common(&self, other: &Self) -> Option<Self> {
        let (from, to) = (self.from.max(other.from), self.to.into_iter().chain(other.to).min());
        from.zip(to).is_none_or(|(from, to)| from < to).then_some(Self { from, to })
    }

    /// Whether the two share a moment. Touching is not sharing.
    pub fn intersects(&self, other: &Self) -> bool {
        let before =
            |end: Option<Instant>, start: Option<Instant>| matches!((end, start), (Some(end), Some(start)) if end <= start);
        !before(self.to, other.from) && !before(other.to, self.from)
    }
}

/// The asked valid time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Datetime {
    /// Any time at all.
    All,
    /// One moment.
    At(Instant),
    /// Some moment of a stretch.
    During(Interval),
}

impl Datetime {
    /// Reads an instant, `a/b`, `a/..`, `a/`, `../b` or `/b`. A bare date is the whole UTC day; ends given as dates are meant whole.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let Some((start, end)) = text.split_once('/') else {
            return Ok(match Asked::read(text)? {
                Asked::Moment(at) => Self::At(at),
                day => Self::During(Interval { from: Some(day.start()), to: Some(day.end()) }),
            });
        };
        let open = |end: &str| end.is_empty() || end == "..";
        if (open(start) && open(end)) || end.contains('/') {
            return Err(TimeError::Interval(text.to_owned()));
        }
        let side = |side: &str| if open(side) { Ok(None) } else { Asked::read(side).map(Some) };
        let (from, to) = (side(start)?.map(|asked| asked.start()), side(end)?.map(|asked| asked.end()));
        Interval::new(from, to).map(Self::During).map_err(|_backwards| TimeError::Backwards(text.to_owned()))
    }

    /// Whether something that holds during `valid` is meant.
    pub fn selects(&self, valid: &Interval) -> bool {
        match self {
            Self::All => true,
            Self::At(at) => valid.contains(*at),
            Self::During(asked) => asked.intersects(valid),
        }
    }
}

/// As it would be asked: `2025-10-22T12:00:00Z`, `start/end` with `..` for an open end, or `../..` for all times.
impl fmt::Display for Datetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |at: Option<Instant>| at.map_or_else(|| "..".to_owned(), |at| at.to_string());
        match self {
            Self::All => f.write_str("../.."),
            Self::At(at) => at.fmt(f),
            Self::During(interval) => write!(f, "{}/{}", end(interval.from), end(interval.to)),
        }
    }
}

/// Reads a moment of knowledge; a bare date is the last moment of that UTC day.
pub fn parse_known_at(text: &str) -> Result<Instant, TimeError> {
    Ok(match Asked::read(text)? {
        Asked::Moment(at) => at,
        day => Instant::from_micros(day.end().micros() - 1),
    })
}

#[cfg(test)]
mod tests;
