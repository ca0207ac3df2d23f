//! What the machine asks for: memory back when it is short, nothing warm while it sleeps, fewer threads on battery. And the budget of all
//! models together. Which engine ends is decided here; how one ends is its own affair.

use std::time::Instant;

use hob_protocol::daemon::EngineKind;

use super::Core;
use super::effect::Effect;
use super::event::ModelFile;
use super::jobs::{Keep, Purpose, Work};

/// News of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineNews {
    /// Programs wait for memory.
    MemoryIsShort,
    /// It will sleep as soon as [`Effect::ReadyToSleep`] says so, or the patience of the system ends.
    FallsAsleep,
    WokeUp,
    OnBattery,
    OnMains,
}

/// Whether the machine sleeps, and what is to be warm again afterwards.
#[derive(Debug, Default)]
pub(super) enum Sleep {
    #[default]
    Awake,
    /// Engines are ending.
    Falling {
        warm: Vec<ModelFile>,
    },
    Asleep {
        warm: Vec<ModelFile>,
    },
}

impl Core {
    pub(super) fn machine_news(&mut self, now: Instant, news: MachineNews, out: &mut Vec<Effect>) {
        match news {
            MachineNews::MemoryIsShort => self.free_memory(now, out),
            MachineNews::FallsAsleep => self.fall_asleep(now, out),
            MachineNews::WokeUp => self.wake_up(now, out),
            MachineNews::OnBattery | MachineNews::OnMains => {
                self.on_battery = news == MachineNews::OnBattery;
                self.settings.economy = self.on_battery;
                // An idle engine with other threads comes back with the right ones.
                for kind in EngineKind::ALL {
                    self.with_engine(now, kind, out, |engine, settings, step| {
                        engine.end_if_threads_changed(settings, step);
                    });
                }
            }
        }
    }

    /// Whatever works for nobody just now ends.
    fn free_memory(&mut self, now: Instant, out: &mut Vec<Effect>) {
        for kind in EngineKind::ALL {
            if !self.is_pinned(kind) {
                self.with_engine(now, kind, out, |engine, _, step| {
                    engine.end_if_idle(step);
                });
            }
        }
    }

    fn fall_asleep(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if !matches!(self.sleep, Sleep::Awake) {
            return;
        }
        let warm = [&self.speech, &self.text].into_iter().filter_map(|engine| engine.model().cloned()).collect();
        self.sleep = Sleep::Falling { warm };
        for kind in EngineKind::ALL {
            self.with_engine(now, kind, out, |engine, _, step| engine.rest(now, step));
        }
    }

    fn wake_up(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let (Sleep::Falling { warm } | Sleep::Asleep { warm }) = std::mem::take(&mut self.sleep) else { return };
        for kind in EngineKind::ALL {
            self.with_engine(now, kind, out, |engine, _, step| engine.wake(now, step));
        }
        for model in warm {
            // It may be gone by now, so it is looked for again.
            let (kind, name) = (Some(model.kind), Some(model.path.display().to_string()));
            let job = self.new_pending(now, Purpose::Warmth, kind, name, Work::Load(Keep::AsUsual));
            self.find_model(job, out);
        }
    }

    /// What follows from what has just happened: the machine may sleep, or the models together have become too large.
    pub(super) fn settle_memory(&mut self, now: Instant, out: &mut Vec<Effect>) {
        if let Sleep::Falling { warm } = &mut self.sleep
            && self.speech.has_ended()
            && self.text.has_ended()
        {
            self.sleep = Sleep::Asleep { warm: std::mem::take(warm) };
            out.push(Effect::ReadyToSleep);
        }
        self.keep_budget(now, out);
    }

    /// The engine whose last work is longest ago makes room. One that works does not, nor one whose model is pinned. One that is alone makes
    /// room only for what it needs itself: it comes back without the adapters of earlier work.
    fn keep_budget(&mut self, now: Instant, out: &mut Vec<Effect>) {
        let Some(budget) = self.settings.budget_bytes else { return };
        let needs: Vec<u64> = [&self.speech, &self.text].iter().filter_map(|engine| engine.needed_bytes()).collect();
        let can_do_with_less = needs.len() > 1 || self.text.has_adapters_to_spare();
        if needs.iter().sum::<u64>() <= budget || !can_do_with_less {
            return;
        }
        let idle = EngineKind::ALL.into_iter().filter(|kind| !self.is_pinned(*kind));
        let longest =
            idle.filter_map(|kind| Some((self.engine_of(kind).idle_since()?, kind))).min_by_key(|(since, _)| *since);
        if let Some((_, kind)) = longest {
            self.with_engine(now, kind, out, |engine, _, step| {
                engine.end_if_idle(step);
            });
        }
    }

    fn is_pinned(&self, kind: EngineKind) -> bool {
        let model = self.engine_of(kind).model();
        model.is_some_and(|model| self.settings.is_pinned(&model.name))
    }

    pub(super) fn engine_of(&self, kind: EngineKind) -> &super::residency::Residency {
        match kind {
            EngineKind::Speech => &self.speech,
            EngineKind::Text => &self.text,
        }
    }
}
