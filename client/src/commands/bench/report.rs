//! What is printed: a line for each recording, then tables.

use hob_models::human_bytes;
use hob_protocol::speech::Recognition;
use unicode_width::UnicodeWidthStr;

use super::recordings::Recording;
use super::result::{Single, Way};
use super::summary::{Figure, Measure, figure, ghosts, mistakes, ratio};
use crate::output::table;

/// The results of one recording on one line: milliseconds and wrong words of every way.
pub(super) fn line(singles: &[Single], id_width: usize) -> String {
    let id = &singles[0].id;
    let pad = id_width.saturating_sub(id.width());
    let mut line = format!("{id}{:pad$}  {:5.1} s", "", singles[0].seconds);
    for single in singles {
        let wrong = match (&single.failure, single.mistakes) {
            (Some(_), _) => "failed".to_owned(),
            (None, Some(mistakes)) if mistakes.said == 0 => format!("{} ghosts", mistakes.heard),
            (None, Some(mistakes)) => format!("{} of {} wrong", mistakes.wrong, mistakes.said),
            (None, None) => "not counted".to_owned(),
        };
        line = format!("{line}   {} {:>8}  {wrong:13}", single.way.name(), time(single.ms));
    }
    line.truncate(line.trim_end().len());
    line
}

/// What was said and what each way has heard, where it differs; and why there is no answer.
pub(super) fn texts(recording: &Recording, singles: &[Single]) -> Vec<String> {
    let differs =
        |single: &&Single| single.failure.is_none() && single.mistakes.is_none_or(|mistakes| mistakes.wrong > 0);
    let heard: Vec<_> = singles.iter().filter(differs).collect();
    if heard.is_empty() {
        return Vec::new();
    }
    let said = format!("  {:9}  {}", "said", recording.transcript);
    let lines = heard.into_iter().map(|single| format!("  {:9}  {}", single.way.name(), single.text));
    std::iter::once(said).chain(lines).collect()
}

/// Everything over all recordings.
pub(super) fn summary(singles: &[Single], ways: &[Way]) -> String {
    let mut parts = vec![times(singles, ways)];
    if singles.iter().any(|single| single.mistakes.is_some_and(|mistakes| mistakes.said > 0)) {
        parts.push(rates(singles, ways));
    }
    parts.extend(engine_line(singles));
    for way in ways {
        parts.extend(ghost_lines(singles, *way));
    }
    parts.join("\n\n")
}

/// What a text that is generated in the background costs a dictation, on one line.
pub(super) fn beside(singles: &[Single]) -> String {
    let of = |way| figure(singles, Measure::P95, |single| single.way == way && single.is_usual);
    let ratio = ratio(of(Way::Beside), of(Way::Dictation)).map_or("-".to_owned(), |ratio| format!("{ratio:.3}"));
    format!("beside a text in the background, time p95 is {ratio} of that without")
}

/// Memory of the processes, on one line.
pub(super) fn memory(peaks: &[(&str, Option<u64>)]) -> String {
    let one = |(name, bytes): &(&str, Option<u64>)| format!("{name} {}", bytes.map_or("unknown".into(), human_bytes));
    format!("peak memory: {}", peaks.iter().map(one).collect::<Vec<_>>().join(", "))
}

/// Times and cost, with the ratios between the first way and the others. A dictation's time is that from release to text.
fn times(singles: &[Single], ways: &[Way]) -> String {
    let usual = |single: &Single| single.is_usual;
    let recordings = singles.iter().filter(|single| single.pass == 1 && single.way == ways[0]);
    let all = recordings.clone().filter(|single| single.is_speech).count();
    let mut rows = vec![header("", ways, Ratios::Shown)];
    let count = recordings.filter(|single| single.is_usual).count();
    if count > 0 || all == 0 {
        rows.push([format!("English up to 30 s: {count}")].into());
        rows.extend(time_rows(singles, ways, &usual));
    }
    if singles.iter().any(|single| single.is_speech && !single.is_usual) {
        rows.push([format!("all with speech: {all}")].into());
        rows.extend(time_rows(singles, ways, &|single| single.is_speech));
    }
    aligned(rows)
}

fn time_rows(singles: &[Single], ways: &[Way], of: &dyn Fn(&Single) -> bool) -> Vec<Vec<String>> {
    let measures = [
        ("  time p50", Measure::P50),
        ("  time p95", Measure::P95),
        ("  time max", Measure::Max),
        ("  cpu s per s of sound", Measure::Cpu),
        ("  words wrong in 100", Measure::WordErrors),
    ];
    let row = |(name, measure): (&str, Measure)| {
        let figures: Vec<_> =
            ways.iter().map(|way| figure(singles, measure, |single| single.way == *way && of(single))).collect();
        let cell = |figure: &Option<Figure>| figure.map_or("-".to_owned(), |figure| cell(measure, figure));
        let others = figures.iter().skip(1);
        let ratios =
            others.map(|other| ratio(figures[0], *other).map_or("-".to_owned(), |ratio| format!("{ratio:.3}")));
        [name.to_owned()].into_iter().chain(figures.iter().map(cell)).chain(ratios).collect()
    };
    measures.into_iter().map(row).collect()
}

/// `403 ms`, or with repetitions `403 ms (398 to 420)`.
fn cell(measure: Measure, figure: Figure) -> String {
    let (unit, digits) = match measure {
        Measure::P50 | Measure::P95 | Measure::Max => (" ms", 0),
        Measure::Cpu => (" s", 3),
        Measure::WordErrors => ("", 2),
    };
    let Figure { median, least, most } = figure;
    let range = if least < most { format!(" ({least:.digits$} to {most:.digits$})") } else { String::new() };
    format!("{median:.digits$}{unit}{range}")
}

/// Word error rates of each category, then of English and of everything.
fn rates(singles: &[Single], ways: &[Way]) -> String {
    let mut categories: Vec<&str> = Vec::new();
    for single in singles.iter().filter(|single| single.mistakes.is_some_and(|mistakes| mistakes.said > 0)) {
        if !categories.contains(&single.category.as_str()) {
            categories.push(&single.category);
        }
    }
    let mut rows = vec![header("words wrong in 100", ways, Ratios::None)];
    rows[0].push("words".into());
    let mut add = |name: &str, of: &dyn Fn(&Single) -> bool| {
        let figures =
            ways.iter().map(|way| figure(singles, Measure::WordErrors, |single| single.way == *way && of(single)));
        let figures = figures.map(|figure| figure.map_or("-".into(), |figure| cell(Measure::WordErrors, figure)));
        let words = mistakes(singles, |single| single.way == ways[0] && of(single)).said;
        rows.push([format!("  {name}")].into_iter().chain(figures).chain([words.to_string()]).collect());
    };
    for category in &categories {
        add(category, &|single| single.category == *category);
    }
    // Ghosts are counted by themselves: they would be mistakes without words.
    add("all English", &|single| single.is_speech && single.language == "en" && single.category != "format");
    if singles.iter().any(|single| single.is_speech && (single.language != "en" || single.category == "format")) {
        add("all", &|single| single.is_speech);
    }
    aligned(rows)
}

/// How the engine went about the dictations, if it tells.
fn engine_line(singles: &[Single]) -> Option<String> {
    let told: Vec<Recognition> = singles.iter().filter_map(|single| Some(single.timings?.recognition)).collect();
    if told.iter().all(|recognition| *recognition == Recognition::default()) {
        return None;
    }
    let there = told.iter().filter(|recognition| recognition.late_ms <= 0.0).count();
    let sum = |of: &dyn Fn(&Recognition) -> f64| told.iter().map(of).sum::<f64>();
    let (speculations, hits, redone) = (
        sum(&|recognition| recognition.speculations.into()),
        sum(&|recognition| recognition.hits.into()),
        sum(&|recognition| recognition.redone.into()),
    );
    let decoded = sum(&|recognition| recognition.decoded_ms) / sum(&|recognition| recognition.voice_ms).max(1.0);
    Some(format!(
        "text there at the end: {there} of {}; {speculations} speculations, {hits} used; {redone} results redone; \
         {decoded:.2} s decoded per s of voice",
        told.len()
    ))
}

fn ghost_lines(singles: &[Single], way: Way) -> Option<String> {
    let silent = singles.iter().filter(|single| single.way == way && single.mistakes.is_some() && !single.is_speech);
    let silent = silent.count();
    let ghosts = ghosts(singles, way);
    let lines = ghosts.iter().map(|single| format!("\n  {}: {}", single.id, single.text));
    let name = way.name();
    (silent > 0).then(|| {
        format!("ghosts of {name}: words in {} of {silent} recordings in which nobody speaks", ghosts.len())
            + &lines.collect::<String>()
    })
}

/// Whether a table compares the first way with the others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ratios {
    None,
    Shown,
}

fn header(first: &str, ways: &[Way], ratios: Ratios) -> Vec<String> {
    let names = ways.iter().map(|way| way.name().to_owned());
    let others = ways.iter().skip(1).filter(|_| ratios == Ratios::Shown);
    let ratios = others.map(|way| format!("{} / {}", ways[0].name(), way.name()));
    [first.to_owned()].into_iter().chain(names).chain(ratios).collect()
}

/// Rows of unequal length as a table of eight columns, the most there can be.
fn aligned(rows: Vec<Vec<String>>) -> String {
    let rows = rows.into_iter().map(|row| {
        let mut cells = row.into_iter();
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    });
    table::<8>(&rows.collect::<Vec<_>>())
}

fn time(ms: Option<f64>) -> String {
    ms.map_or("-".to_owned(), |ms| format!("{ms:.0} ms"))
}
