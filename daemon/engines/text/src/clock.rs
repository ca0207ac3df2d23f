//! The date for chat templates that tell the model what day it is (`strftime_now`), in UTC. Pure but for [`now`].

use std::time::{SystemTime, UNIX_EPOCH};

const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Seconds since 1970; 0 for a clock before that.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// As C's `strftime` in the C locale. Conversions that no chat template uses stay as they are.
pub(crate) fn strftime(format: &str, seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = date(days);
    let weekday = WEEKDAYS[(days % 7) as usize];
    let month_name = MONTHS[month as usize - 1];
    let mut text = String::new();
    let mut rest = format.chars();
    while let Some(next) = rest.next() {
        if next != '%' {
            text.push(next);
            continue;
        }
        let converted = match rest.next() {
            Some('Y') => year.to_string(),
            Some('m') => format!("{month:02}"),
            Some('d') => format!("{day:02}"),
            Some('B') => month_name.to_owned(),
            Some('b') => month_name[..3].to_owned(),
            Some('A') => weekday.to_owned(),
            Some('a') => weekday[..3].to_owned(),
            Some('H') => format!("{:02}", second / 3600),
            Some('M') => format!("{:02}", second / 60 % 60),
            Some('S') => format!("{:02}", second % 60),
            Some('%') => "%".to_owned(),
            other => std::iter::once('%').chain(other).collect(),
        };
        text.push_str(&converted);
    }
    text
}

/// Year, month (1 to 12) and day of the Gregorian calendar, from days since 1970.
fn date(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 0;
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    (year, month as u64 + 1, days + 1)
}

#[cfg(test)]
mod tests {
    use super::strftime;

    #[test]
    fn dates_as_templates_ask_for_them() {
        let cases = [
            ("%d %b %Y", 0, "01 Jan 1970"),
            ("%A %d %B %Y, %H:%M:%S", 1_709_210_096, "Thursday 29 February 2024, 12:34:56"),
            ("%Y-%m-%d %a", 1_735_689_599, "2024-12-31 Tue"),
            ("%Y-%m-%d", 4_107_542_400, "2100-03-01"),
            ("100%% %q %", 0, "100% %q %"),
        ];
        for (format, seconds, expected) in cases {
            assert_eq!(strftime(format, seconds), expected);
        }
    }
}
