//! The icons of the tray, drawn by code: a microphone, and by its form and colour what the daemon does. The light figure has a dark
//! rim, so that it stands out from dark and light panels alike, and each state differs by form, not by colour alone.

/// What the icon says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Face {
    Idle,
    /// No speech engine runs; the next dictation loads it first.
    EngineOff,
    /// The microphone gives no sound yet.
    Opening,
    /// How loud it is, from 0 to [`LOUDEST`].
    Listening(u8),
    Working,
    Failed,
    Paused,
}

/// Steps of the level that can be told apart at the size of a panel.
pub(super) const LOUDEST: u8 = 8;
/// Width and height in pixels. The library below takes one size; hosts make it smaller, and none of today's needs a larger one.
pub(super) const SIZE: u32 = 48;

/// Samples along each side of a pixel, for smooth edges.
const FINE: u32 = 4;
/// The figures are drawn on a square of this side.
const SIDE: f32 = 24.0;
/// Of the dark rim.
const RIM: f32 = 1.1;
/// Of lines.
const STROKE: f32 = 0.95;

type Rgb = [u8; 3];
const LIGHT: Rgb = [0xf5, 0xf5, 0xf5];
const DIM: Rgb = [0xb4, 0xb4, 0xb4];
const DARK: Rgb = [0x1a, 0x1a, 0x1a];
const RED: Rgb = [0xef, 0x3b, 0x3f];
const BLUE: Rgb = [0x4a, 0x9b, 0xff];
const AMBER: Rgb = [0xff, 0xb0, 0x20];

/// The pixels of an icon row by row, four bytes each: red, green, blue, and how opaque it is.
pub(super) fn draw(face: Face, size: u32) -> Vec<u8> {
    let places = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
    places.flat_map(|(x, y)| pixel(face, size, x, y)).collect()
}

fn pixel(face: Face, size: u32, x: u32, y: u32) -> [u8; 4] {
    let step = SIDE / (size * FINE) as f32;
    let place = |pixel: u32, part: u32| ((pixel * FINE + part) as f32 + 0.5) * step;
    let parts = (0..FINE).flat_map(|v| (0..FINE).map(move |u| (u, v)));
    let (mut sum, mut hits) = ([0_u32; 3], 0_u32);
    for (u, v) in parts {
        if let Some(colour) = colour(face, Point { x: place(x, u), y: place(y, v) }) {
            hits += 1;
            sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += u32::from(part));
        }
    }
    let [red, green, blue] = sum.map(|sum| sum.checked_div(hits).unwrap_or_default() as u8);
    [red, green, blue, (hits * 255 / (FINE * FINE)) as u8]
}

/// What is at a place, from the foremost figure to the hindmost.
fn colour(face: Face, at: Point) -> Option<Rgb> {
    foreground(face, at).or_else(|| microphone(face, at))
}

/// What stands before the microphone, with its own rim.
fn foreground(face: Face, at: Point) -> Option<Rgb> {
    let (distance, colour) = match face {
        Face::Failed => {
            let (left, right, top) =
                (Point { x: 12.5, y: 22.6 }, Point { x: 22.9, y: 22.6 }, Point { x: 17.7, y: 13.4 });
            let mark = at.to_line(Point { x: 17.7, y: 16.6 }, Point { x: 17.7, y: 19.0 }).min(at.to(17.7, 21.1) - 0.1);
            (at.to_triangle(left, right, top), if mark < 0.75 { DARK } else { AMBER })
        }
        Face::Working => {
            let dots = [14.6, 18.3, 22.0].map(|x| at.to(x, 20.6));
            (dots.into_iter().fold(f32::MAX, f32::min) - 1.45, BLUE)
        }
        Face::Paused => (at.to_line(Point { x: 4.2, y: 20.6 }, Point { x: 19.8, y: 3.4 }) - 1.1, RED),
        Face::Idle | Face::EngineOff | Face::Opening | Face::Listening(_) => return None,
    };
    within(distance, colour)
}

fn microphone(face: Face, at: Point) -> Option<Rgb> {
    let head = at.to_line(Point { x: 12.0, y: 6.2 }, Point { x: 12.0, y: 11.0 }) - 3.7;
    let centre = Point { x: 12.0, y: 10.6 };
    let below = at.y >= centre.y;
    let ring = (at.to(centre.x, centre.y) - 6.7).abs();
    let ends = at.to(centre.x - 6.7, centre.y).min(at.to(centre.x + 6.7, centre.y));
    let cradle = if below { ring } else { ends } - STROKE;
    let stem = at.to_line(Point { x: 12.0, y: 17.4 }, Point { x: 12.0, y: 20.9 }) - STROKE;
    let foot = at.to_line(Point { x: 8.4, y: 21.2 }, Point { x: 15.6, y: 21.2 }) - STROKE;
    let stand = cradle.min(stem).min(foot);
    let body = match face {
        Face::Paused | Face::EngineOff => DIM,
        _ => LIGHT,
    };
    if head <= 0.0 {
        return Some(inside_of_head(face, at, head));
    }
    let waves = match face {
        Face::Listening(level) => waves(level, at),
        _ => f32::MAX,
    };
    within(waves, RED)
        .filter(|colour| *colour == RED || stand.min(head) > 0.0)
        .or_else(|| within(stand.min(head), body))
}

fn inside_of_head(face: Face, at: Point, head: f32) -> Rgb {
    // Of what is inside the rim.
    const TOP: f32 = 4.0;
    const HEIGHT: f32 = 9.2;
    let hollow = head > -1.5;
    match face {
        Face::Idle | Face::Failed => LIGHT,
        Face::EngineOff => {
            if hollow {
                DIM
            } else {
                DARK
            }
        }
        Face::Opening => {
            if hollow {
                AMBER
            } else {
                DARK
            }
        }
        Face::Working => BLUE,
        Face::Paused => DIM,
        Face::Listening(level) => {
            // The lowest step shows as well: it tells that the microphone listens.
            let filled = HEIGHT * (f32::from(level.min(LOUDEST)) + 1.5) / (f32::from(LOUDEST) + 1.5);
            if hollow || at.y > TOP + HEIGHT - filled { RED } else { DARK }
        }
    }
}

/// Sound at both sides, one more arc for each third of the level.
fn waves(level: u8, at: Point) -> f32 {
    let centre = Point { x: 12.0, y: 8.6 };
    let (x, y) = ((at.x - centre.x).abs(), at.y - centre.y);
    // Only to the sides, and above the stand.
    if y.abs() > x * 0.62 || at.y > 11.5 {
        return f32::MAX;
    }
    let distance = at.to(centre.x, centre.y);
    let arcs = [(3, 8.6_f32), (6, 11.0_f32)];
    let arcs = arcs.into_iter().filter(|(from, _)| level >= *from);
    arcs.map(|(_, radius)| (distance - radius).abs() - 0.75).fold(f32::MAX, f32::min)
}

/// The colour within a figure, the rim around it, and nothing beyond.
fn within(distance: f32, colour: Rgb) -> Option<Rgb> {
    match distance {
        inside if inside <= 0.0 => Some(colour),
        near if near <= RIM => Some(DARK),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy)]
struct Point {
    x: f32,
    y: f32,
}

impl Point {
    fn to(self, x: f32, y: f32) -> f32 {
        (self.x - x).hypot(self.y - y)
    }

    fn to_line(self, from: Self, end: Self) -> f32 {
        let (along_x, along_y) = (end.x - from.x, end.y - from.y);
        let share =
            ((self.x - from.x) * along_x + (self.y - from.y) * along_y) / (along_x * along_x + along_y * along_y);
        let share = share.clamp(0.0, 1.0);
        self.to(from.x + share * along_x, from.y + share * along_y)
    }

    /// Negative inside.
    fn to_triangle(self, a: Self, b: Self, c: Self) -> f32 {
        let side = |from: Self, end: Self| (end.x - from.x) * (self.y - from.y) - (end.y - from.y) * (self.x - from.x);
        let sides = [side(a, b), side(b, c), side(c, a)];
        let inside = sides.iter().all(|side| *side <= 0.0) || sides.iter().all(|side| *side >= 0.0);
        let edge = self.to_line(a, b).min(self.to_line(b, c)).min(self.to_line(c, a));
        if inside { -edge } else { edge - 0.6 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const ALL: [Face; 9] = [
        Face::Idle,
        Face::EngineOff,
        Face::Opening,
        Face::Listening(0),
        Face::Listening(4),
        Face::Listening(LOUDEST),
        Face::Working,
        Face::Failed,
        Face::Paused,
    ];

    /// Perceived difference of two colours, 0 to 255.
    fn contrast(a: [f32; 3], b: [f32; 3]) -> f32 {
        let light = |colour: [f32; 3]| colour[0] * 0.3 + colour[1] * 0.59 + colour[2] * 0.11;
        (light(a) - light(b)).abs()
    }

    #[test]
    fn every_size_is_filled_and_leaves_room() {
        for size in [16, 22, 24, 32, 48, 64] {
            for face in ALL {
                let icon = draw(face, size);
                assert_eq!(icon.len(), (size * size * 4) as usize);
                let opaque = icon.chunks_exact(4).filter(|pixel| pixel[3] > 200).count();
                let share = opaque as f32 / (size * size) as f32;
                assert!((0.25..0.75).contains(&share), "{face:?} at {size}: {share}");
                assert_eq!(icon[3], 0, "the corner is free");
            }
        }
    }

    #[test]
    fn states_differ_at_the_size_of_a_panel() {
        let icons: BTreeSet<_> = ALL.map(|face| draw(face, 22)).into();
        assert_eq!(icons.len(), ALL.len());
        for (index, face) in ALL.iter().enumerate() {
            for other in &ALL[index + 1..] {
                let (one, two) = (draw(*face, 22), draw(*other, 22));
                let pixels = one.chunks_exact(4).zip(two.chunks_exact(4));
                let different = pixels.filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 60)).count();
                assert!(different >= 10, "{face:?} and {other:?} differ in {different} pixels");
            }
        }
    }

    #[test]
    fn every_state_stands_out_from_dark_and_light_panels() {
        for face in ALL {
            for panel in [[24.0_f32; 3], [245.0; 3], [120.0; 3]] {
                let icon = draw(face, 24);
                let seen = icon.chunks_exact(4).filter(|pixel| {
                    let opaque = f32::from(pixel[3]) / 255.0;
                    let mixed = [0, 1, 2].map(|part| f32::from(pixel[part]) * opaque + panel[part] * (1.0 - opaque));
                    contrast(mixed, panel) > 70.0
                });
                assert!(seen.count() >= 60, "{face:?} on {panel:?}");
            }
        }
    }

    #[test]
    fn a_louder_voice_fills_more() {
        let red = |level| {
            let icon = draw(Face::Listening(level), 48);
            icon.chunks_exact(4).filter(|pixel| pixel[0] > 200 && pixel[1] < 100).count()
        };
        for level in 0..LOUDEST {
            assert!(red(level) < red(level + 1), "{level}");
        }
    }
}
