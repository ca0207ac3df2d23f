//! The bus itself: who is on it, what they tell of inserted text, and the field that has the keyboard.

use std::collections::HashMap;
use std::time::Duration;

use tokio_stream::StreamExt;
use zbus::message::{Flags, Type};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, MatchRule, Message, MessageStream};

const REGISTRY: &str = "org.a11y.atspi.Registry";
const REGISTRY_PATH: &str = "/org/a11y/atspi/registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";
const TEXT: &str = "org.a11y.atspi.Text";
const EVENTS: &str = "org.a11y.atspi.Event.Object";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// The one kind of news that is wanted.
const INSERTED: &str = "object:text-changed:insert";

/// Numbers of states (at-spi2-core, atspi-constants.h).
const EDITABLE: u32 = 7;
const FOCUSED: u32 = 12;
/// All states of a rule have to fit.
const ALL: i32 = 1;
/// From the outside to the inside.
const CANONICAL: u32 = 1;

/// What may wait until it is read. When it is full, the bus keeps the rest, and with it whatever else it has to say.
const NEWS: usize = 4096;

/// An object of a program.
type Place = (String, OwnedObjectPath);

pub struct Bus {
    connection: Connection,
    news: Option<MessageStream>,
    pids: HashMap<String, Option<u32>>,
}

/// A program has put a text into one of its fields.
#[derive(Debug)]
pub struct Told {
    place: Place,
    /// In characters of the field, behind the text.
    end: i32,
    pub text: String,
}

/// The field that has the keyboard.
#[derive(Debug)]
pub struct Field {
    pub before_cursor: String,
    pub can_be_edited: bool,
}

impl Bus {
    /// Starts nothing: without the bus no program is on it.
    pub async fn connect() -> zbus::Result<Self> {
        let session = Connection::session().await?;
        let ask = Message::method_call("/org/a11y/bus", "GetAddress")?
            .destination("org.a11y.Bus")?
            .interface("org.a11y.Bus")?
            .with_flags(Flags::NoAutoStart)?
            .build(&())?;
        let serial = ask.primary_header().serial_num();
        let mut answers = MessageStream::from(&session);
        session.send(&ask).await?;
        let address = loop {
            let answer = answers.next().await.ok_or(zbus::Error::InterfaceNotFound)??;
            if answer.header().reply_serial() == Some(serial) {
                if answer.message_type() == Type::Error {
                    return Err(zbus::Error::InterfaceNotFound);
                }
                break answer.body().deserialize::<String>()?;
            }
        };
        let connection = zbus::connection::Builder::address(address.as_str())?.build().await?;
        Ok(Self { connection, news: None, pids: HashMap::new() })
    }

    /// From now on programs tell of text that is inserted.
    pub async fn listen(&mut self) -> zbus::Result<()> {
        if self.news.is_none() {
            let rule = MatchRule::builder().msg_type(Type::Signal).interface(EVENTS)?.member("TextChanged")?.build();
            self.news = Some(MessageStream::for_match_rule(rule, &self.connection, Some(NEWS)).await?);
            let own = self.connection.unique_name().map(ToString::to_string).unwrap_or_default();
            let wish = (INSERTED, [""; 0].as_slice(), own.as_str());
            let asked = self.call((REGISTRY, REGISTRY_PATH), "RegisterEvent", REGISTRY, &wish).await;
            if asked.is_err() {
                // Registries before 2.45 know only the name of the news.
                self.call((REGISTRY, REGISTRY_PATH), "RegisterEvent", REGISTRY, &(INSERTED,)).await?;
            }
        }
        Ok(())
    }

    pub async fn stop_listening(&mut self) -> zbus::Result<()> {
        if self.news.take().is_some() {
            self.call((REGISTRY, REGISTRY_PATH), "DeregisterEvent", REGISTRY, &(INSERTED,)).await?;
        }
        Ok(())
    }

    /// Drops what has been told so far.
    pub async fn forget_what_has_come(&mut self) {
        if let Some(news) = &mut self.news {
            // The reader of the connection gets its turn, too.
            tokio::task::yield_now().await;
            while let Ok(Some(_)) = tokio::time::timeout(Duration::ZERO, news.next()).await {}
        }
    }

    /// The next that the program of this name tells.
    pub async fn next(&mut self, program: &str) -> zbus::Result<Told> {
        loop {
            let news = self.news.as_mut().ok_or(zbus::Error::InterfaceNotFound)?;
            let news = news.next().await.ok_or(zbus::Error::InterfaceNotFound)??;
            let header = news.header();
            let (Some(sender), Some(path)) = (header.sender(), header.path()) else { continue };
            if sender.as_str() != program {
                continue;
            }
            let body = news.body();
            let Ok((kind, start, length, text)) = told(&body) else { continue };
            // With `:system` behind it, if it was not the person.
            if kind.starts_with("insert") {
                let place = (sender.to_string(), path.to_owned().into());
                return Ok(Told { place, end: start + length, text });
            }
        }
    }

    /// So many characters before the end of what was told, as they stand now.
    pub async fn text_before(&self, told: &Told, characters: usize) -> zbus::Result<String> {
        let start = told.end - i32::try_from(characters).unwrap_or(i32::MAX);
        let (name, path) = &told.place;
        self.call((name, path.as_str()), "GetText", TEXT, &(start.max(0), told.end)).await?.body().deserialize()
    }

    /// The field of a program that has the keyboard, and so many characters before its cursor.
    pub async fn field(&self, program: &str, characters: usize) -> zbus::Result<Option<Field>> {
        let states = vec![1_i32 << FOCUSED, 0];
        let none = Vec::<i32>::new;
        let nothing = HashMap::<&str, &str>::new();
        let rule = (states, ALL, nothing, ALL, none(), ALL, Vec::<&str>::new(), ALL, false);
        let question = (rule, CANONICAL, 4_i32, true);
        let found = self.call((program, ROOT), "GetMatches", "org.a11y.atspi.Collection", &question).await?;
        for (name, path) in found.body().deserialize::<Vec<Place>>()? {
            let at = (name.as_str(), path.as_str());
            let Ok(caret) = self.call(at, "Get", PROPERTIES, &(TEXT, "CaretOffset")).await else { continue };
            let caret = i32::try_from(caret.body().deserialize::<OwnedValue>()?)?;
            let start = caret.saturating_sub(i32::try_from(characters).unwrap_or(i32::MAX)).max(0);
            let before = self.call(at, "GetText", TEXT, &(start, caret)).await?;
            let states = self.call(at, "GetState", ACCESSIBLE, &()).await?.body().deserialize::<Vec<u32>>()?;
            let can_be_edited = states.first().is_some_and(|bits| bits & (1 << EDITABLE) != 0);
            return Ok(Some(Field { before_cursor: before.body().deserialize()?, can_be_edited }));
        }
        Ok(None)
    }

    /// The program's name on the bus.
    pub async fn name_of(&mut self, pid: u32) -> zbus::Result<Option<String>> {
        let children = self.call((REGISTRY, ROOT), "GetChildren", ACCESSIBLE, &()).await?;
        for (name, _) in children.body().deserialize::<Vec<Place>>()? {
            if self.pid_of(&name).await == Some(pid) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    async fn pid_of(&mut self, name: &str) -> Option<u32> {
        if let Some(known) = self.pids.get(name) {
            return *known;
        }
        let bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus");
        let asked = self.call(bus, "GetConnectionUnixProcessID", "org.freedesktop.DBus", &(name,)).await;
        let pid = asked.ok().and_then(|reply| reply.body().deserialize().ok());
        self.pids.insert(name.to_owned(), pid);
        pid
    }

    async fn call<B>(
        &self,
        (name, path): (&str, &str),
        method: &str,
        interface: &str,
        body: &B,
    ) -> zbus::Result<Message>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        self.connection.call_method(Some(name), path, Some(interface), method, body).await
    }
}

/// Kind, start, length and text. What comes behind the text differs from one toolkit to the next.
fn told(body: &zbus::message::Body) -> zbus::Result<(String, i32, i32, String)> {
    let structure = body.deserialize::<zbus::zvariant::Structure<'_>>()?;
    let mut fields = structure.into_fields().into_iter();
    let mut next = || fields.next().ok_or(zbus::Error::InterfaceNotFound);
    let kind = String::try_from(next()?)?;
    let (start, length) = (i32::try_from(next()?)?, i32::try_from(next()?)?);
    let text = match next()? {
        Value::Value(inner) => String::try_from(*inner)?,
        other => String::try_from(other)?,
    };
    Ok((kind, start, length, text))
}
