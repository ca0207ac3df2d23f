//! What is printed: a line for each text, then a table with the ratios. Pure.

use super::super::summary::Figure;
use super::result::{Answer, Single, Way};
use super::texts::Size;
use crate::output::table;

type Measure = dyn Fn(&Answer) -> Option<f64>;

/// The times of one text on one line.
pub(super) fn line(singles: &[Single]) -> String {
    let mut line = format!("{:10}  {:3} words", singles[0].name, singles[0].words);
    for single in singles {
        let first = single.answer.first_ms.unwrap_or_default();
        line = format!("{line}   {} {first:.0} + {:.0} ms", single.way.name(), single.answer.total_ms - first);
    }
    line
}

pub(super) fn summary(singles: &[Single]) -> String {
    let (short, long) = (Some(Size::Short), Some(Size::Long));
    let rival = singles.iter().any(|single| single.way == Way::Rival);
    let mut rows = vec![["", "hob", if rival { "rival" } else { "" }, "ratio"].map(str::to_owned)];
    if !rival {
        rows[0][3].clear();
    }
    let rows_wanted: [(&str, Way, Option<Size>, &Measure, &str); 6] = [
        ("first token, short texts", Way::Hob, short, &|answer| answer.first_ms, " ms"),
        ("first token, long texts", Way::Hob, long, &|answer| answer.first_ms, " ms"),
        ("tokens a second, no guesses", Way::Plain, None, &Answer::speed, ""),
        ("tokens a second", Way::Hob, None, &Answer::speed, ""),
        ("whole answer, short texts", Way::Hob, short, &|answer| Some(answer.total_ms), " ms"),
        ("whole answer, long texts", Way::Hob, long, &|answer| Some(answer.total_ms), " ms"),
    ];
    for (name, way, size, measure, unit) in rows_wanted {
        let of = |way| {
            let singles = singles.iter().filter(move |single| single.way == way);
            let singles = singles.filter(|single| size.is_none_or(|size| single.size == size));
            singles.filter_map(|single| measure(&single.answer)).collect::<Vec<f64>>()
        };
        let ratios: Vec<f64> = pairs(singles, way, Way::Rival)
            .filter(|(single, _)| size.is_none_or(|size| single.size == size))
            .filter_map(|(single, rival)| Some(measure(&single.answer)? / measure(&rival.answer)?))
            .collect();
        rows.push([
            name.to_owned(),
            cell(&of(way), unit, 0),
            if rival { cell(&of(Way::Rival), unit, 0) } else { String::new() },
            if rival { cell(&ratios, "", 2) } else { String::new() },
        ]);
    }
    let mut lines = vec![table(&rows), String::new(), same(singles, Way::Plain, "without guesses")];
    if rival {
        lines.push(same(singles, Way::Rival, "from the rival"));
    }
    lines.push(tokens(singles, rival));
    lines.join("\n")
}

/// How many answers of hob differ from those of another way.
pub(super) fn differing(singles: &[Single], way: Way) -> usize {
    pairs(singles, Way::Hob, way).filter(|(one, other)| one.answer.text.trim() != other.answer.text.trim()).count()
}

fn same(singles: &[Single], way: Way, name: &str) -> String {
    let all = pairs(singles, Way::Hob, way).count();
    format!("the same answer {name}: {} of {all}", all - differing(singles, way))
}

/// Whether both got the same question, and had the same part of it ready.
fn tokens(singles: &[Single], rival: bool) -> String {
    let of = |way| {
        let answers: Vec<&Answer> = singles.iter().filter(|one| one.way == way).map(|one| &one.answer).collect();
        let sum = |count: fn(&Answer) -> u32| answers.iter().map(|answer| f64::from(count(answer))).sum::<f64>();
        let all = answers.len().max(1) as f64;
        format!(
            "{:.0} ({:.0} kept)",
            sum(|answer| answer.prompt_tokens) / all,
            sum(|answer| answer.cached_tokens) / all
        )
    };
    let beside = if rival { format!(", rival {}", of(Way::Rival)) } else { String::new() };
    format!("tokens in a question on average: hob {}{beside}", of(Way::Hob))
}

/// The same text in the same pass, in two ways.
fn pairs(singles: &[Single], way: Way, other: Way) -> impl Iterator<Item = (&Single, &Single)> {
    singles.iter().filter(move |single| single.way == way).filter_map(move |single| {
        let is_same = |one: &&Single| one.way == other && (one.pass, &one.name) == (single.pass, &single.name);
        Some((single, singles.iter().find(is_same)?))
    })
}

/// `31 ms (29 to 33)`: the median and the middle half.
fn cell(values: &[f64], unit: &str, digits: usize) -> String {
    match Figure::middle_half(values) {
        None => "-".to_owned(),
        Some(Figure { median, least, most }) => {
            format!("{median:.digits$}{unit} ({least:.digits$} to {most:.digits$})")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(way: Way, pass: u32, times: (f64, f64), text: &str) -> Single {
        let answer = Answer {
            first_ms: Some(times.0),
            total_ms: times.1,
            prompt_tokens: 300,
            cached_tokens: 200,
            steps: 50,
            text: text.to_owned(),
        };
        Single { way, pass, name: "a".to_owned(), words: 60, size: Size::Short, answer }
    }

    #[test]
    fn ratios_are_those_of_the_same_text() {
        let singles = [
            single(Way::Hob, 1, (30.0, 330.0), "A."),
            single(Way::Rival, 1, (60.0, 1060.0), "A.\n"),
            single(Way::Plain, 1, (30.0, 830.0), "A."),
            single(Way::Hob, 2, (45.0, 445.0), "B."),
            single(Way::Rival, 2, (50.0, 1050.0), "C."),
            single(Way::Plain, 2, (30.0, 1030.0), "D."),
        ];
        let summary = summary(&singles);
        let has = |line: &str| {
            let lines = summary.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
            assert!(lines.into_iter().any(|has| has == line), "{line}: {summary}");
        };
        has("first token, short texts 38 ms (34 to 41) 55 ms (52 to 58) 0.70 (0.60 to 0.80)");
        has("first token, long texts - - -");
        has("tokens a second, no guesses 56 (53 to 59) 50 (50 to 50) 1.12 (1.06 to 1.19)");
        has("the same answer without guesses: 1 of 2");
        has("the same answer from the rival: 1 of 2");
        has("tokens in a question on average: hob 300 (200 kept), rival 300 (200 kept)");
        assert_eq!(differing(&singles, Way::Plain), 1);
        let alone = super::summary(&singles[..1]);
        assert!(!alone.contains("rival") && !alone.contains("ratio"), "{alone}");
    }
}
