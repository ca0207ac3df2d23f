//! From single results to figures: percentiles, rates, ratios, and how far they differ between repetitions. Pure.

use super::result::{Single, Way};
use crate::accuracy::Mistakes;

/// One figure over all repetitions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Figure {
    /// The median and the middle half of all values, in place of the least and the most.
    pub(super) fn middle_half(values: &[f64]) -> Option<Self> {
        let (least, most) = (percentile(values, 25.0)?, percentile(values, 75.0)?);
        Some(Self { median: percentile(values, 50.0)?, least, most })
    }

    fn over(values: &[f64]) -> Option<Self> {
        let (least, most) = (percentile(values, 0.0)?, percentile(values, 100.0)?);
        Some(Self { median: percentile(values, 50.0)?, least, most })
    }
}

/// What is worth knowing of a set of recordings, one way. A figure is missing if nothing was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    P50,
    P95,
    Max,
    /// Processor seconds for each second of the recordings.
    Cpu,
    /// Wrong words in a hundred.
    WordErrors,
}

/// A figure of the results that are let in, worked out for each repetition by itself.
pub(super) fn figure(singles: &[Single], measure: Measure, of: impl Fn(&Single) -> bool) -> Option<Figure> {
    let passes = singles.iter().map(|single| single.pass).max()?;
    let one = |pass| {
        let singles: Vec<&Single> = singles.iter().filter(|single| single.pass == pass && of(single)).collect();
        value(&singles, measure)
    };
    Figure::over(&(1..=passes).filter_map(one).collect::<Vec<f64>>())
}

/// How often one way's figure is another's; both medians.
pub(super) fn ratio(figure: Option<Figure>, other: Option<Figure>) -> Option<f64> {
    let (figure, other) = (figure?.median, other?.median);
    (other > 0.0).then(|| figure / other)
}

/// Wrong and said words of one way, in the first repetition.
pub(super) fn mistakes(singles: &[Single], of: impl Fn(&Single) -> bool) -> Mistakes {
    singles.iter().filter(|single| single.pass == 1 && of(single)).filter_map(|single| single.mistakes).sum()
}

/// Results in which there are words though nobody speaks.
pub(super) fn ghosts(singles: &[Single], way: Way) -> Vec<&Single> {
    let is_ghost = |single: &&Single| single.way == way && single.mistakes.is_some_and(Mistakes::is_ghost);
    singles.iter().filter(is_ghost).collect()
}

fn value(singles: &[&Single], measure: Measure) -> Option<f64> {
    let times =
        || singles.iter().filter(|single| single.is_speech).filter_map(|single| single.ms).collect::<Vec<f64>>();
    match measure {
        Measure::P50 => percentile(&times(), 50.0),
        Measure::P95 => percentile(&times(), 95.0),
        Measure::Max => percentile(&times(), 100.0),
        Measure::Cpu => {
            let known = || singles.iter().filter_map(|single| Some((single.cpu_s?, single.seconds)));
            let seconds: f64 = known().map(|(_, seconds)| seconds).sum();
            (seconds > 0.0).then(|| known().map(|(cpu_s, _)| cpu_s).sum::<f64>() / seconds)
        }
        Measure::WordErrors => {
            let mistakes: Mistakes = singles.iter().filter_map(|single| single.mistakes).sum();
            mistakes.rate().map(|rate| rate * 100.0)
        }
    }
}

/// Linear between the two nearest values. `None` of nothing.
fn percentile(values: &[f64], percent: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = percent / 100.0 * (sorted.len().checked_sub(1)? as f64);
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    Some(low + (high - low) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::super::recordings::Recording;
    use super::super::result::Answer;
    use super::*;

    fn single(pass: u32, said: &str, heard: &str, ms: f64) -> Single {
        let recording = Recording {
            id: "a".into(),
            seconds: 2.0,
            language: "en".into(),
            category: "read".into(),
            trust: "gold".into(),
            path: "a.wav".into(),
            transcript: said.into(),
        };
        let answer = Answer { text: heard.into(), ms, timings: None };
        Single { cpu_s: Some(1.0), ..Single::new(Way::Clip, pass, &recording, Ok(answer)) }
    }

    #[test]
    fn percentiles_lie_between_values() {
        let values = [4.0, 1.0, 3.0, 2.0, 5.0];
        assert_eq!(
            [0.0, 50.0, 95.0, 100.0].map(|percent| percentile(&values, percent)),
            [1.0, 3.0, 4.8, 5.0].map(Some)
        );
        assert_eq!(percentile(&[7.0], 95.0), Some(7.0));
        assert_eq!(percentile(&[], 50.0), None);
    }

    #[test]
    fn repetitions_give_a_median_and_a_range() {
        let singles = [
            single(1, "a b", "a", 100.0),
            single(1, "c d", "c d", 200.0),
            single(1, "", "you", 9000.0),
            single(2, "a b", "a b", 300.0),
        ];
        let of = |measure| figure(&singles, measure, |_| true);
        assert_eq!(of(Measure::P50), Some(Figure { median: 225.0, least: 150.0, most: 300.0 }), "silence has no time");
        assert_eq!(of(Measure::Max), Some(Figure { median: 250.0, least: 200.0, most: 300.0 }));
        assert_eq!(of(Measure::Cpu), Some(Figure { median: 0.5, least: 0.5, most: 0.5 }));
        let wrong = Some(Figure { median: 25.0, least: 0.0, most: 50.0 });
        assert_eq!(of(Measure::WordErrors), wrong, "one missing word and one ghost of four");
        assert_eq!(mistakes(&singles, |single| single.is_speech).wrong, 1);
        assert_eq!(ghosts(&singles, Way::Clip).len(), 1);
        assert_eq!(ghosts(&singles, Way::Rival).len(), 0);
        assert_eq!(figure(&singles, Measure::P50, |_| false), None);
        assert_eq!(ratio(of(Measure::P50), of(Measure::Max)), Some(0.9));
        assert_eq!(ratio(of(Measure::P50), None), None);
    }
}
