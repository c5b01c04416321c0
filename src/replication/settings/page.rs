//! The page of the settings that decide replication.

pub mod form;

use leptos::prelude::*;

use super::api::{list_settings, plan_setting};
use super::model::change::Name;
use super::model::{Row, Settings, Value};
use crate::audit::notice::LastRecord;
use crate::change::Planned;
use crate::error::AppError;
use crate::replication::tabs::ReplicationTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{bytes, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::ui::table::{Badge, Table};
use crate::words;
use form::SettingForm;

const PATH: &str = "/replication/settings";
const APPLY: &str = "/api/replication/apply_setting";

/// What the address asks for. `action` is `change_setting` for the form of one setting, and `set_setting` or
/// `reset_setting` for a plan.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    action: String,
    name: String,
    value: String,
}

impl Asked {
    fn plans(&self) -> bool {
        matches!(self.action.as_str(), "set_setting" | "reset_setting")
    }
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked { target: text("target"), action: text("action"), name: text("name"), value: text("value") }
    })
}

/// `/replication/settings`.
#[component]
pub fn ReplicationSettingsPage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <Frame
            title=words!("Replication settings", "복제 설정")
            lead=Some(
                words!(
                    "What the server is told about standbys, slots and subscriptions.",
                    "대기 서버, 슬롯, 구독에 관한 서버 설정입니다.",
                ),
            )
        >
            <ReplicationTabs />
            <TargetPicker kind=TargetKind::Postgresql />
            <LastRecord />
            <Planning asked=asked />
            <Live id="settings" source=use_source("/live/replication/settings") every=2_000>
                <SettingsPart />
            </Live>
        </Frame>
    }
    .into_any()
}

/// The plan for what the address asks for; none where it asks for none.
type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;

fn use_planned(asked: Memo<Asked>) -> PlannedResource {
    fetch(
        move || asked.get(),
        |asked| async move {
            if !asked.plans() {
                return Ok(None);
            }
            plan_setting(asked.target, asked.action, asked.name, asked.value).await.map(Some)
        },
    )
}

/// The plan, or the form: also with what is wrong with it, and what was typed.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = use_planned(asked);
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                let at_field = |error: &AppError| error.field.as_deref() == Some("value");
                match planned {
                    Ok(Some(planned)) => {
                        let back = link(PATH, &[("target", &asked.target)]);
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    Ok(None) if asked.action != "change_setting" => ().into_any(),
                    Ok(None) => form_of(asked, None),
                    Err(error) if at_field(&error) => form_of(asked, Some(error)),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn form_of(asked: Asked, error: Option<AppError>) -> AnyView {
    match Name::parse(&asked.name) {
        Some(name) => view! { <SettingForm target=asked.target name=name value=asked.value error=error /> }.into_any(),
        None => ().into_any(),
    }
}

/// The settings of the target that the address names, as they are now.
#[component]
pub fn SettingsPart() -> impl IntoView {
    let asked = use_asked();
    let target = Memo::new(move |_| asked.with(|asked| asked.target.clone()));
    let settings = fetch(move || target.get(), list_settings);
    view! {
    <Region id="settings">
            <section class="card">
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match settings.await {
                            Ok(settings) => {
                                view! { <SettingsTable settings=settings target=target.get_untracked() /> }.into_any()
                            }
                            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        }
                    })}
                </Transition>
            </section>
    </Region>
        }
    .into_any()
}

#[component]
fn SettingsTable(settings: Settings, target: String) -> impl IntoView {
    let lang = use_lang();
    let major = settings.major;
    let role = if settings.standby { lang.of("standby", "대기 서버") } else { lang.of("primary", "기본 서버") };
    let caption = tr!(lang, "Settings of PostgreSQL {major}, {role}", "PostgreSQL {major} {role}의 설정");
    let heads = vec![
        lang.of("Setting", "설정"),
        lang.of("Value", "값"),
        lang.of("From", "출처"),
        lang.of("What it does", "설명"),
        lang.of("Action", "작업"),
    ];
    let suggested = settings.suggested_cap;
    view! {
        <Table caption=caption heads=heads>
            {settings
                .rows
                .into_iter()
                .map(|row| view! { <SettingRow row=row target=target.clone() suggested=suggested /> })
                .collect_view()}
        </Table>
    }
}

#[component]
fn SettingRow(row: Row, target: String, suggested: i64) -> impl IntoView {
    let lang = use_lang();
    let action = row.change.map(|name| change_link(name, &row, &target, suggested, lang));
    let shown = match &row.value {
        Value::Known { text, unit } => known(text, unit, lang).into_any(),
        Value::NoPermission => view! { <Badge tone="plain" text=lang.of("no permission", "권한 없음") /> }.into_any(),
        Value::Since(version) => {
            let text = tr!(lang, "not in this version: since {version}", "이 버전에 없음: {version}부터");
            view! { <span class="muted">{text}</span> }.into_any()
        }
    };
    let pending = row.pending_restart.then(|| {
        view! { <Badge tone="warn" text=lang.of("another value waits for a restart", "다른 값이 재시작을 기다림") /> }
    });
    let warning = row.warning.map(|warning| {
        view! {
            <p>
                <Badge tone="warn" text=lang.of("Attention", "주의") />
                " "
                {warning.read(lang)}
            </p>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <code>{row.name}</code>
            </th>
            <td>{shown} " " {pending}</td>
            <td>{row.source.read(lang)}</td>
            <td>
                <p>{row.meaning.read(lang)}</p>
                {warning}
            </td>
            <td>{action}</td>
        </tr>
    }
}

/// The value with its unit, and in a larger unit beside it where that is easier to read.
fn known(text: &str, unit: &str, lang: crate::text::Lang) -> impl IntoView + use<> {
    let number: Option<i64> = text.parse().ok();
    let beside = match (number, unit) {
        (Some(-1), _) => Some(lang.of("no limit", "한도 없음").to_owned()),
        (Some(mib), "MB") if mib >= 1024 => Some(bytes(mib.saturating_mul(1024 * 1024))),
        (Some(millis), "ms") if millis >= 1000 => Some(crate::text::span(millis).read(lang)),
        (Some(seconds), "s") if seconds >= 60 => Some(crate::text::span(seconds.saturating_mul(1000)).read(lang)),
        _ => None,
    };
    let exact = match text {
        "" => lang.of("empty", "비어 있음").to_owned(),
        _ if number.is_some_and(|number| number <= 0) || unit.is_empty() => text.to_owned(),
        _ => format!("{text} {unit}"),
    };
    view! {
        <code>{exact}</code>
        " "
        <span class="muted">{beside}</span>
    }
}

fn change_link(name: Name, row: &Row, target: &str, suggested: i64, lang: crate::text::Lang) -> impl IntoView + use<> {
    let value = match (name, &row.value) {
        (Name::MaxSlotWalKeepSize, Value::Known { text, .. }) if text == "-1" => suggested.to_string(),
        (_, Value::Known { text, .. }) => text.clone(),
        _ => String::new(),
    };
    let asked = [("target", target), ("action", "change_setting"), ("name", name.as_str()), ("value", &*value)];
    let href = link(PATH, &asked);
    let label = tr!(lang, "Change {name}", "{name} 변경");
    view! {
        <a class="button quiet" href=href aria-label=label>
            {lang.of("Change…", "변경…")}
        </a>
    }
}
