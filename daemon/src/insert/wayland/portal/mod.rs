//! Types through the portal `RemoteDesktop`: the way into desktops that let no program type otherwise (GNOME, KDE). The desktop asks the
//! person once; what it gives in return is kept (`token`). A session is open only while a text is inserted, because desktops show it.
//!
//! Where the portal offers libei, keys and text go over it (`libei`, `layout`); an older one is told symbols, of which it knows those
//! of the person's layout and silently drops the rest, so that only plain letters are sent that way.

mod layout;
mod libei;
mod remote;
mod token;

#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};
use wayland_protocols_misc::zwp_virtual_keyboard_v1::client::zwp_virtual_keyboard_manager_v1::ZwpVirtualKeyboardManagerV1;
use xkeysym::Keysym;

use super::Link;
use super::keymap::{self, Held, LineEnd, Stroke, code};
use super::problem::Problem;
use super::{failed_before, failed_midway, unfit};
use crate::core::Newline;
use crate::insert::backend::{Aim, Backend, Failure, Fitness, Put, Way};
use libei::{Keys, Typist};
use remote::{Portal, Remote};
use token::Token;

/// A session that took longer to open was allowed by somebody, in a dialog that had the keyboard.
const DIALOG: Duration = Duration::from_millis(1500);

/// What types.
pub struct RemoteDesktop {
    link: Rc<Link>,
    token: Token,
    /// For the bus, on the thread that inserts. Made when it is needed.
    runtime: Option<Runtime>,
    bus: Bus,
}

/// Which bus the portal is on.
#[derive(Debug, Clone)]
pub enum Bus {
    Session,
    #[cfg(test)]
    At(String),
}

impl RemoteDesktop {
    pub fn new(link: Rc<Link>) -> Self {
        Self { link, token: Token::of_the_user(), runtime: None, bus: Bus::Session }
    }

    fn look(&mut self) -> Result<&'static str, Problem> {
        // A compositor with a keyboard for programs needs no portal; asking for one would start it.
        if self.link.ask(|wire| Ok(wire.offers::<ZwpVirtualKeyboardManagerV1>()))? {
            return Err(Problem::Refused("not needed, the compositor has a virtual keyboard".to_owned()));
        }
        let bus = self.bus.clone();
        self.run(async move {
            let portal = Portal::find(connect(&bus).await?).await?;
            Ok(if portal.has_libei() {
                "the portal RemoteDesktop is there, with libei"
            } else {
                "the portal RemoteDesktop is there"
            })
        })
    }

    /// Opens a session, does the work in it, and closes it.
    fn with_session<T>(&mut self, work: impl AsyncFnOnce(Hand<'_>) -> Result<T, Problem>) -> Result<T, Interrupted> {
        let (bus, known) = (self.bus.clone(), self.token.load());
        let token = &self.token;
        let runtime = runtime(&mut self.runtime).map_err(Interrupted::Before)?;
        runtime.block_on(async {
            let opened = async {
                let mut portal = Portal::find(connect(&bus).await?).await?;
                let before = Instant::now();
                let (remote, fresh) = portal.open(known.as_deref()).await?;
                if let Some(Err(error)) = fresh.map(|fresh| token.store(&fresh)) {
                    tracing::warn!("the desktop will ask again whether hob may type: {error}");
                }
                if before.elapsed() > DIALOG {
                    remote.close().await;
                    let problem =
                        "the desktop has just asked whether hob may type, and the cursor may be elsewhere now";
                    return Err(Problem::Refused(problem.to_owned()));
                }
                let libei = if portal.has_libei() { remote.connect_to_libei().await.map(Some) } else { Ok(None) };
                match libei.and_then(|connection| connection.map(Typist::new).transpose()) {
                    Ok(typist) => Ok((remote, typist)),
                    Err(problem) => {
                        remote.close().await;
                        Err(problem)
                    }
                }
            };
            let (remote, typist) = opened.await.map_err(Interrupted::Before)?;
            let done = match typist {
                Some(typist) => work(Hand::Libei(Box::new(typist))).await,
                None => work(Hand::Notify(&remote)).await,
            };
            remote.close().await;
            done.map_err(Interrupted::Midway)
        })
    }

    pub fn fitness(&mut self) -> Fitness {
        match self.look() {
            Ok(why) => Fitness::Limited {
                why: format!("{why}: for the characters of the keyboard layout"),
                hint: Some("the desktop asks once whether hob may type: allow it, and let it remember".to_owned()),
            },
            Err(problem) => unfit(&problem),
        }
    }

    fn insert(&mut self, text: &str, line_end: LineEnd) -> Result<Put, Failure> {
        self.with_session(async |hand| match hand {
            Hand::Libei(mut typist) => typist.type_text(text, line_end),
            Hand::Notify(remote) => notify_text(remote, text, line_end).await,
        })?;
        Ok(Put::Sent)
    }

    fn erase(&mut self, times: usize) -> Result<(), Failure> {
        let pressed = self.with_session(async |hand| match hand {
            Hand::Libei(mut typist) => typist.press(Keys::ERASE, times),
            Hand::Notify(remote) => {
                for _ in 0..times {
                    notify_symbol(remote, Keysym::BackSpace, Held::NONE).await?;
                }
                Ok(())
            }
        });
        Ok(pressed?)
    }

    /// Presses a shortcut, in a session of its own.
    pub fn press(&mut self, Stroke { key, held }: Stroke) -> Result<(), Failure> {
        let letter = keymap::letter_of(key);
        let pressed = self.with_session(async |hand| match hand {
            Hand::Libei(mut typist) => {
                let keys = letter.map_or(Keys::Plain(Stroke { key, held }), |letter| Keys::Letter(letter, held));
                typist.press(keys, 1)
            }
            Hand::Notify(remote) => notify_symbol(remote, letter.map_or(Keysym::Insert, Keysym::from_char), held).await,
        });
        Ok(pressed?)
    }

    fn run<T>(&mut self, work: impl Future<Output = Result<T, Problem>>) -> Result<T, Problem> {
        runtime(&mut self.runtime)?.block_on(work)
    }
}

/// The backend. Also used by who only needs a key pressed.
pub struct Shared(pub Rc<RefCell<RemoteDesktop>>);

impl Backend for Shared {
    fn name(&self) -> &'static str {
        "portal"
    }

    fn way(&self) -> Way {
        Way::Types
    }

    fn fitness(&mut self) -> Fitness {
        self.0.borrow_mut().fitness()
    }

    fn insert(&mut self, text: &str, aim: &Aim) -> Result<Put, Failure> {
        let line_end = if aim.newline == Newline::ShiftReturn { LineEnd::ShiftReturn } else { LineEnd::Return };
        self.0.borrow_mut().insert(text, line_end)
    }

    fn erase(&mut self, times: usize, _aim: &Aim) -> Result<(), Failure> {
        self.0.borrow_mut().erase(times)
    }
}

/// What a session types with.
enum Hand<'a> {
    Libei(Box<Typist>),
    Notify(&'a Remote),
}

/// How far it got.
enum Interrupted {
    Before(Problem),
    Midway(Problem),
}

impl From<Interrupted> for Failure {
    fn from(interrupted: Interrupted) -> Self {
        match interrupted {
            // What is refused is refused before the first key.
            Interrupted::Before(problem) | Interrupted::Midway(problem @ Problem::Refused(_)) => failed_before(problem),
            Interrupted::Midway(problem) => failed_midway(problem),
        }
    }
}

async fn notify_text(remote: &Remote, text: &str, line_end: LineEnd) -> Result<(), Problem> {
    if let Some(strange) =
        text.chars().find(|letter| !(letter.is_ascii_graphic() || matches!(letter, ' ' | '\n' | '\t')))
    {
        return Err(Problem::Refused(format!("the portal here may have no key for `{strange}`")));
    }
    for letter in text.chars() {
        let held = if letter == '\n' && line_end == LineEnd::ShiftReturn { Held::SHIFT } else { Held::NONE };
        let symbol = match letter {
            '\n' => Keysym::Return,
            '\t' => Keysym::Tab,
            _ => Keysym::from_char(letter),
        };
        notify_symbol(remote, symbol, held).await?;
    }
    Ok(())
}

async fn notify_symbol(remote: &Remote, symbol: Keysym, held: Held) -> Result<(), Problem> {
    let modifiers = held.keys().map(|key| if key == code::SHIFT { Keysym::Shift_L } else { Keysym::Control_L });
    let symbols: Vec<u32> = modifiers.chain([symbol]).map(Keysym::raw).collect();
    let mut done = Ok(());
    for symbol in &symbols {
        done = done.and(remote.notify(*symbol, 1).await);
    }
    // Whatever went wrong, nothing stays down.
    for symbol in symbols.iter().rev() {
        done = done.and(remote.notify(*symbol, 0).await);
    }
    done.map_err(broken_off)
}

/// Some keys have been pressed, so this is no refusal any more.
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn broken_off(problem: Problem) -> Problem {
    Problem::Lost(problem.to_string())
}

fn runtime(made: &mut Option<Runtime>) -> Result<&Runtime, Problem> {
    if made.is_none() {
        let runtime = Builder::new_current_thread().enable_all().build();
        *made = Some(runtime.map_err(|source| Problem::System { what: "nothing can be asked of the bus", source })?);
    }
    Ok(made.as_ref().expect("it has just been made"))
}

/// Anew for each session: the portal ends what belongs to a connection with it.
async fn connect(bus: &Bus) -> Result<zbus::Connection, Problem> {
    let connected = match bus {
        Bus::Session => zbus::Connection::session().await,
        #[cfg(test)]
        Bus::At(address) => zbus::connection::Builder::address(address.as_str()).expect("an address").build().await,
    };
    connected.map_err(|error| Problem::Refused(format!("there is no session bus: {error}")))
}
