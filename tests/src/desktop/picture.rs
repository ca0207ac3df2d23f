//! Screenshots, kept in `target/desktop/` so that a person can look at what a test saw.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::Picture;
use crate::real::target;

impl Picture {
    /// Keeps it under this name, and gives the path.
    pub fn keep(&self, name: &str) -> PathBuf {
        let path = kept_as(name);
        let mut encoder = png::Encoder::new(File::create(&path).unwrap(), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header().unwrap().write_image_data(&self.pixels).unwrap();
        path
    }

    /// One that another program has taken.
    pub(crate) fn read(path: &Path) -> Self {
        let mut decoder = png::Decoder::new(BufReader::new(File::open(path).unwrap()));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().expect("a screen fits into memory")];
        let info = reader.next_frame(&mut bytes).unwrap();
        let each = info.color_type.samples();
        let pixels = bytes[..info.buffer_size()].chunks_exact(each).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]);
        Self { width: info.width, height: info.height, pixels: pixels.collect() }
    }

    /// How many pixels have this colour.
    pub fn count(&self, colour: [u8; 3]) -> usize {
        self.pixels.chunks_exact(3).filter(|pixel| **pixel == colour).count()
    }

    /// How many pixels of a rectangle differ from another picture of the same size.
    pub fn differences(&self, other: &Self, rectangle: [u32; 4]) -> usize {
        let [left, top, width, height] = rectangle;
        let pixel = |picture: &Self, x: u32, y: u32| {
            let place = ((y * picture.width + x) * 3) as usize;
            [picture.pixels[place], picture.pixels[place + 1], picture.pixels[place + 2]]
        };
        let places = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y)));
        places.filter(|(x, y)| pixel(self, *x, *y) != pixel(other, *x, *y)).count()
    }
}

/// Where a screenshot of this name is kept.
pub(crate) fn kept_as(name: &str) -> PathBuf {
    let folder = target().join("desktop");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name.replace("::", "-")).with_extension("png")
}
