//! A session of `org.freedesktop.portal.RemoteDesktop` with nothing but a keyboard: opened, used, closed.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::time::Duration;

use serde::Serialize;
use tokio_stream::StreamExt;
use zbus::message::Type;
use zbus::zvariant::{DynamicType, ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, MatchRule, MessageStream, Proxy};

use super::super::problem::Problem;

const SERVICE: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const REMOTE_DESKTOP: &str = "org.freedesktop.portal.RemoteDesktop";

/// A portal that has nothing to ask of the person answers at once.
const PATIENCE: Duration = Duration::from_secs(5);

/// A person who is asked needs a while; whoever waits for the text does not wait longer.
const PERSON: Duration = Duration::from_secs(40);

const KEYBOARD: u32 = 1;

/// Until it is taken back by the person.
const PERSIST: u32 = 2;

type Options<'a> = HashMap<&'a str, Value<'a>>;

/// The portal, if it lets programs type.
pub struct Portal {
    connection: Connection,
    remote: Proxy<'static>,
    version: u32,
    requests: u32,
}

impl Portal {
    pub async fn find(connection: Connection) -> Result<Self, Problem> {
        let remote = Proxy::new(&connection, SERVICE, PATH, REMOTE_DESKTOP).await.map_err(absent)?;
        let looked = async {
            let version: u32 = remote.get_property("version").await?;
            let devices: u32 = remote.get_property("AvailableDeviceTypes").await?;
            Ok::<_, zbus::Error>((version, devices))
        };
        let (version, devices) = within(PATIENCE, looked).await?.map_err(absent)?;
        if devices & KEYBOARD == 0 {
            return Err(Problem::Refused("the portal RemoteDesktop has no keyboard here".to_owned()));
        }
        Ok(Self { connection, remote, version, requests: 0 })
    }

    /// Whether keys can be sent over libei.
    pub fn has_libei(&self) -> bool {
        self.version >= 2
    }

    /// Opens a session; also gives the token for the next one. Without a token, or with one the portal does not know any more, it asks
    /// the person.
    pub async fn open(&mut self, token: Option<&str>) -> Result<(Remote, Option<String>), Problem> {
        let handle = Value::from("hob_session");
        let options = |request| HashMap::from([("handle_token", request), ("session_handle_token", handle)]);
        let created = self.ask("CreateSession", PATIENCE, |request| (options(request),)).await?;
        let session = text(&created, "session_handle").and_then(|path| OwnedObjectPath::try_from(path).ok());
        let session = session.ok_or_else(|| Problem::Refused("the portal gave no session".to_owned()))?;
        let remote = Remote { connection: self.connection.clone(), proxy: self.remote.clone(), session };
        match self.start(&remote.session, token).await {
            Ok(token) => Ok((remote, token)),
            Err(problem) => {
                remote.close().await;
                Err(problem)
            }
        }
    }

    async fn start(&mut self, session: &OwnedObjectPath, token: Option<&str>) -> Result<Option<String>, Problem> {
        let version = self.version;
        let select = |request| {
            let mut options: Options = HashMap::from([("handle_token", request), ("types", Value::from(KEYBOARD))]);
            // Version 1 knows nothing of what lasts.
            if version >= 2 {
                options.insert("persist_mode", Value::from(PERSIST));
                options.extend(token.map(|token| ("restore_token", Value::from(token))));
            }
            (session, options)
        };
        self.ask("SelectDevices", PATIENCE, select).await?;
        let started = |request| (session, "", Options::from([("handle_token", request)]));
        let results = self.ask("Start", PERSON, started).await?;
        Ok(text(&results, "restore_token"))
    }

    /// Calls a method that answers by a signal.
    async fn ask<'a, B>(
        &mut self,
        method: &str,
        patience: Duration,
        arguments: impl FnOnce(Value<'a>) -> B,
    ) -> Result<HashMap<String, OwnedValue>, Problem>
    where
        B: Serialize + DynamicType,
    {
        self.requests += 1;
        let token = format!("hob{}", self.requests);
        let own = self.connection.unique_name().map(|name| name.trim_start_matches(':').replace('.', "_"));
        let path = format!("{PATH}/request/{}/{token}", own.unwrap_or_default());
        let path = ObjectPath::try_from(path).map_err(|error| Problem::Refused(error.to_string()))?;
        let asking = async {
            let rule = MatchRule::builder()
                .msg_type(Type::Signal)
                .interface("org.freedesktop.portal.Request")?
                .member("Response")?
                .path(path)?
                .build();
            // Before the call, so that no answer is missed.
            let mut answers = MessageStream::for_match_rule(rule, &self.connection, Some(2)).await?;
            self.remote.call_method(method, &arguments(Value::from(token))).await?;
            let answer = answers.next().await.ok_or(zbus::Error::InterfaceNotFound)??;
            let body = answer.body();
            body.deserialize::<(u32, HashMap<String, OwnedValue>)>()
        };
        match within(patience, asking).await?.map_err(absent)? {
            (0, results) => Ok(results),
            (1, _) => Err(Problem::Refused("the person did not let hob type".to_owned())),
            (code, _) => Err(Problem::Refused(format!("the portal ended {method} with {code}"))),
        }
    }
}

/// An open session. To be closed: while it is open, desktops show that something controls them.
pub struct Remote {
    connection: Connection,
    proxy: Proxy<'static>,
    session: OwnedObjectPath,
}

impl Remote {
    /// From then on keys go over this connection only.
    pub async fn connect_to_libei(&self) -> Result<OwnedFd, Problem> {
        let arguments = (&self.session, Options::new());
        let call = self.proxy.call_method("ConnectToEIS", &arguments);
        let reply = within(PATIENCE, call).await?.map_err(absent)?;
        let body = reply.body();
        let fd: zbus::zvariant::OwnedFd = body.deserialize().map_err(absent)?;
        Ok(fd.into())
    }

    /// Presses a symbol, which the desktop looks up in the person's layout.
    pub async fn notify(&self, symbol: u32, state: u32) -> Result<(), Problem> {
        let arguments = (&self.session, Options::new(), symbol.cast_signed(), state);
        let call = self.proxy.call_method("NotifyKeyboardKeysym", &arguments);
        within(PATIENCE, call).await?.map(drop).map_err(absent)
    }

    pub async fn close(self) {
        let closing = async {
            let session = Proxy::new(&self.connection, SERVICE, self.session, "org.freedesktop.portal.Session").await?;
            session.call_method("Close", &()).await
        };
        if let Ok(Err(error)) = within(PATIENCE, closing).await {
            tracing::debug!("the session with the portal could not be closed: {error}");
        }
    }
}

fn text(results: &HashMap<String, OwnedValue>, name: &str) -> Option<String> {
    results.get(name).and_then(|value| value.downcast_ref::<&str>().ok()).map(str::to_owned)
}

async fn within<T>(patience: Duration, work: impl Future<Output = T>) -> Result<T, Problem> {
    tokio::time::timeout(patience, work).await.map_err(|_| Problem::Refused("the portal does not answer".to_owned()))
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn absent(error: zbus::Error) -> Problem {
    Problem::Refused(format!("the portal RemoteDesktop cannot be used: {error}"))
}
