//! How loud each microphone's room is, so that the engine tells speech from noise from the first moment of a dictation.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Changes below this are not worth a write to the disk.
const NEWS_DB: f32 = 1.0;
/// Devices that are remembered; nobody has as many.
const MOST: usize = 100;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Noise {
    /// The device that was open last, which will most likely be the next.
    last: Option<String>,
    /// Level of what is not speech, in decibels of full scale.
    floors_db: BTreeMap<String, f32>,
}

impl Noise {
    pub fn opened(&mut self, device: String) {
        self.last = Some(device);
    }

    /// Of the open device. Whether that is news worth keeping.
    pub fn heard(&mut self, floor_db: f32) -> bool {
        let Some(device) = &self.last else { return false };
        let known = self.floors_db.get(device);
        if known.is_some_and(|known| (known - floor_db).abs() < NEWS_DB) {
            return false;
        }
        if self.floors_db.len() >= MOST {
            self.floors_db.clear();
        }
        self.floors_db.insert(device.clone(), floor_db);
        true
    }

    pub fn floor_db(&self) -> Option<f32> {
        self.floors_db.get(self.last.as_ref()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn each_device_has_a_floor_of_its_own() {
        let mut noise = Noise::default();
        assert!(!noise.heard(-60.0), "nothing is open");
        noise.opened("desk".into());
        assert_eq!(noise.floor_db(), None);
        assert!(noise.heard(-60.0));
        assert!(!noise.heard(-60.5), "as good as the same");
        noise.opened("headset".into());
        assert_eq!(noise.floor_db(), None);
        assert!(noise.heard(-40.0));
        noise.opened("desk".into());
        assert_eq!(noise.floor_db(), Some(-60.0));
    }
}
