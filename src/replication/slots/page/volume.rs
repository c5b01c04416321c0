//! How large the volume of the WAL is: what SQL cannot tell, an operator enters once.

use leptos::prelude::*;

use super::super::model::volume::parse_size;
use crate::text::use_lang;
use crate::ui::address::use_address;
use crate::ui::form::TextField;

/// The form for the size of the volume. What was typed and cannot be read comes back in the address.
#[component]
pub fn VolumeForm() -> impl IntoView {
    let lang = use_lang();
    let address = use_address().get_untracked();
    let (target, typed) = (address.text("target"), address.text("volume"));
    let error = parse_size(&typed).err();
    let is_wrong = error.is_some();
    view! {
        <details class="card" id="volume" open=is_wrong>
            <summary>
                <h2>{lang.of("Size of the WAL volume", "WAL 볼륨 크기")}</h2>
            </summary>
            <form method="post" action="/api/replication/set_wal_volume">
                <input type="hidden" name="target" value=target />
                <TextField
                    name="volume"
                    id="volume-size"
                    label=lang.of("Size", "크기")
                    value=typed
                    help=lang
                        .of(
                            "Of the volume that pg_wal is on, such as 200 GiB: a server does not tell it. With it the console knows when the disk will be full. Empty: not known. The server is not touched.",
                            "pg_wal이 있는 볼륨의 크기입니다(예: 200 GiB). 서버는 알려주지 않습니다. 입력하면 디스크가 언제 가득 찰지 계산합니다. 비우면 알 수 없음으로 둡니다. 서버는 바뀌지 않습니다.",
                        )
                    error=error
                    required=false
                    maxlength=20
                />
                <p class="buttons">
                    <button>{lang.of("Keep", "저장")}</button>
                </p>
            </form>
        </details>
    }
}
