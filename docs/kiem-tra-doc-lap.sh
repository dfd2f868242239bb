#!/bin/sh
# Kiểm tra độc lập nhật ký phát thanh: không dùng một dòng mã nào của chương trình, chỉ cần sqlite3 (3.37 trở lên),
# sha256sum, find, awk, sort, cmp. Làm đúng các bước của HUONG-DAN-KIEM-TRA.md, với mọi bản ghi.
#
#   sh kiem-tra-doc-lap.sh broadcaster.db
#   sh kiem-tra-doc-lap.sh broadcaster.db 36500 2d711642 b726b044 01627ca9 fbac32f5 c8530fb1 903cc4db 02258717 921a4881 2a9e
#
# Sau tên tệp là điểm kiểm tra dạng ngắn đã giữ từ trước, nếu có. In từng điều sai (SAI) và từng điều nên hỏi lại (HỎI).
# Mã thoát 0: không có gì sai; 1: có điều sai; 2: không kiểm tra được.

# Mã băm của lược đồ mà từng phiên bản chương trình tạo ra, như trong docs/kiem-toan.md của mã nguồn.
LUOC_DO='
181350ce5eecbce3bc7f98ede3e173415dbecb84c933f1cf97c6950397a31668
6e211e724f7bdb207e4b4a4821a4549ac90eaeeaadb74a13e555aa565a8ad3c1
d02853f384f95ee898edce85c990bc5de7eef66ca3ddb4c9e2087e95a3f938db
4bd8b048c9e746c8b04b0e47189aa4d66edc320aeccd31b5354a6ed289880f22
ca84a19a0e56106d3233271a47a0e80a479a206bd30751ebf946a2409f05f4ec
e00f835a125c5b71b21e4470c942ddd8927a3af570a1a24e655be43c54724a47
600e6ec89e802f36f7572ee8114c538340b83b2ad4707f3ef13f38c69a61acdf
30ee3e2217e19aa82574ea245eae45730772eae72b7c29a9793260ba37d0ebd6
'
MOT_LUOT=10000 # bản ghi mỗi lượt, để không đầy đĩa tạm

db=$1
[ $# -ge 1 ] && [ -r "$db" ] || { echo "cách dùng: sh $0 broadcaster.db [điểm kiểm tra dạng ngắn]" >&2; exit 2; }
shift
tam=$(mktemp -d) || exit 2
trap 'rm -rf "$tam"' EXIT
sai=0

hoi() { sqlite3 -batch -readonly -init /dev/null "$db" "$1" 2>&1; }

la_sai() {
    echo "SAI: $1"
    sai=1
}

phai_la() { # câu lệnh, kết quả phải có, điều sai nếu khác
    co=$(hoi "$1")
    [ "$co" = "$2" ] || la_sai "$3 ($(echo "$co" | head -n 3 | tr '\n' ' '))"
}

khong_co() { # câu lệnh không được cho dòng nào, SAI hay HỎI, điều cần nói
    co=$(hoi "$1")
    [ -z "$co" ] && return
    case $2 in SAI) sai=1 ;; esac
    echo "$2: $3 ($(echo "$co" | head -n 3 | tr '\n' ' '))"
}

# ---- bước 1: tệp lành lặn, không có gì giấu bớt bản ghi ------------------------------------------------------------

phai_la "PRAGMA integrity_check" "ok" "tệp hỏng, hoặc chỉ mục không khớp với bảng"
phai_la "SELECT count(*) FROM ledger NOT INDEXED WHERE typeof(at) <> 'text' OR typeof(kind) <> 'text'
    OR typeof(occurrence) NOT IN ('text', 'null') OR typeof(actor) <> 'text' OR typeof(body) <> 'text'
    OR typeof(prev_hash) <> 'text' OR typeof(hash) <> 'text'" "0" "có ô không phải văn bản"
phai_la "PRAGMA encoding" "UTF-8" "tệp không dùng mã UTF-8"

hoi "SELECT writefile('$tam/luoc-do.txt', group_concat(dong, char(10))) FROM (SELECT type || '|' || name || '|' || tbl_name
    || '|' || replace(replace(replace(ifnull(sql, ''), char(10), ''), ' ', ''), char(34), '') AS dong
    FROM sqlite_master ORDER BY type, name, tbl_name)" >"$tam/so-byte"
ma=$(sha256sum "$tam/luoc-do.txt" 2>/dev/null | cut -d ' ' -f 1)
case $LUOC_DO in
*"$ma"*) [ -n "$ma" ] || la_sai "không đọc được lược đồ của tệp" ;;
*) la_sai "lược đồ không phải của phiên bản nào đã công bố ($ma): có bảng, view, trigger hay chỉ mục lạ, thiếu hoặc bị sửa" ;;
esac

# ---- bước 2: không thiếu số nào, không đứt chuỗi ---------------------------------------------------------------------

phai_la "SELECT count(*) - max(seq) + min(seq) FROM ledger NOT INDEXED" "1" "thiếu số thứ tự"
phai_la "SELECT count(*) FROM ledger AS a NOT INDEXED JOIN ledger AS b NOT INDEXED ON b.seq = a.seq + 1
    WHERE b.prev_hash <> a.hash" "0" "có bản ghi không nối tiếp bản ghi trước"
phai_la "SELECT prev_hash = printf('%064d', 0) AND seq = 1 FROM ledger NOT INDEXED ORDER BY seq LIMIT 1" "1" \
    "bản ghi đầu tiên không phải là bản ghi số 1"

# ---- bước 3: mã băm của mọi bản ghi ----------------------------------------------------------------------------------

cuoi=$(hoi "SELECT coalesce(max(seq), 0) FROM ledger NOT INDEXED")
case $cuoi in '' | *[!0-9]*) echo "không đọc được bảng ledger: $cuoi" >&2; exit 1 ;; esac
tu=0
while [ "$tu" -lt "$cuoi" ]; do
    den=$((tu + MOT_LUOT))
    mkdir "$tam/ban-ghi"
    hoi "SELECT count(writefile('$tam/ban-ghi/' || seq, prev_hash || char(10) || seq || char(10) || at || char(10)
        || kind || char(10) || ifnull(occurrence, '') || char(10) || actor || char(10) || body || char(10)))
        FROM ledger NOT INDEXED WHERE seq > $tu AND seq <= $den" >/dev/null
    (cd "$tam/ban-ghi" && find . -type f -exec sha256sum {} +) |
        awk '{ sub("^\\./", "", $2); print $2 "|" $1 }' | sort >"$tam/tinh-lai"
    hoi "SELECT seq, hash FROM ledger NOT INDEXED WHERE seq > $tu AND seq <= $den" | sort >"$tam/da-ghi"
    cmp -s "$tam/tinh-lai" "$tam/da-ghi" ||
        la_sai "mã băm không khớp ở bản ghi $(comm -3 "$tam/tinh-lai" "$tam/da-ghi" | tr -d '\t' | cut -d '|' -f 1 | sort -nu | head -n 3 | tr '\n' ' ')"
    rm -rf "$tam/ban-ghi"
    tu=$den
done

# ---- bước 4: đúng là nhật ký mà điểm kiểm tra nói tới ----------------------------------------------------------------

if [ $# -ge 9 ]; then
    so=$1
    bam=$(echo "$2$3$4$5$6$7$8$9" | tr 'A-F' 'a-f')
    [ "$so" -gt 0 ] 2>/dev/null || echo "HỎI: điểm kiểm tra của 0 bản ghi không chứng minh được gì"
    phai_la "SELECT hash FROM ledger NOT INDEXED WHERE seq = $so" "$bam" "không khớp điểm kiểm tra: bị cắt, bị viết lại, hoặc là nhật ký khác"
else
    echo "HỎI: không có điểm kiểm tra giữ từ trước; riêng tệp không cho thấy phần cuối bị cắt hay cả chuỗi bị viết lại"
fi

# ---- bước 5: mỗi lượt một kết quả, và những điều nên hỏi -------------------------------------------------------------

khong_co "SELECT occurrence FROM ledger NOT INDEXED WHERE kind = 'played' GROUP BY occurrence HAVING count(*) > 1" \
    SAI "có lượt hai kết quả"
khong_co "SELECT seq FROM ledger AS sau NOT INDEXED WHERE kind IN ('planned', 'withdrawn', 'cued') AND EXISTS (
    SELECT 1 FROM ledger AS truoc WHERE truoc.kind IN ('cued', 'played') AND truoc.occurrence = sau.occurrence
    AND truoc.seq < sau.seq)" SAI "vào lịch, rút lịch hay chuẩn bị phát sau khi đã chuẩn bị hoặc đã có kết quả"
khong_co "SELECT seq FROM ledger NOT INDEXED WHERE kind = 'played' AND json_extract(body, '\$.heard_s') > 5 + 1.02 *
    (SELECT total(json_extract(value, '\$.seconds') + json_extract(ledger.body, '\$.gap_s'))
    * json_extract(ledger.body, '\$.repeat') FROM json_each(ledger.body, '\$.scripts'))" \
    SAI "ghi là đã phát lâu hơn độ dài các bản tin"
khong_co "SELECT seq FROM ledger AS p NOT INDEXED WHERE kind = 'played' AND (json_extract(body, '\$.started') IS NOT NULL
    OR json_extract(body, '\$.outcome') = 'aired') AND NOT EXISTS (SELECT 1 FROM ledger AS c WHERE c.kind = 'cued'
    AND c.occurrence = p.occurrence AND c.seq < p.seq)" HỎI "đã phát mà trước đó không ghi là chuẩn bị phát"
khong_co "SELECT seq FROM ledger NOT INDEXED WHERE kind = 'played' AND strftime('%s', at) - strftime('%s',
    coalesce(json_extract(body, '\$.ended'), json_extract(body, '\$.started'))) > 3600" \
    HỎI "ghi hơn một giờ sau khi phát xong"

# ---- bước 6: lịch đã chốt --------------------------------------------------------------------------------------------

for so in $(hoi "SELECT seq FROM ledger NOT INDEXED WHERE kind = 'plan_frozen'"); do
    ma=$(hoi "SELECT value FROM ledger, json_each(body, '\$.occurrences') WHERE seq = $so" | sha256sum | cut -d ' ' -f 1)
    phai_la "SELECT json_extract(body, '\$.sha256') FROM ledger NOT INDEXED WHERE seq = $so" "$ma" \
        "lịch đã chốt ở bản ghi $so không khớp mã băm của chính nó"
done
khong_co "SELECT json_extract(body, '\$.month') FROM ledger NOT INDEXED WHERE kind = 'plan_frozen'
    GROUP BY json_extract(body, '\$.month') HAVING count(*) > 1" SAI "có tháng chốt lịch hai lần"
khong_co "SELECT seq FROM ledger NOT INDEXED WHERE kind = 'plan_frozen' AND json_extract(body, '\$.late_s') IS NOT NULL" \
    HỎI "lịch chốt muộn: những lượt bị bỏ trước lúc chốt không có trong lịch"
khong_co "SELECT ledger.seq FROM ledger NOT INDEXED, json_each(body, '\$.frozen') WHERE kind = 'schedule_changed'
    AND json_extract(value, '\$.out') > 0 AND json_extract(body, '\$.reason') IS NULL" \
    HỎI "bỏ lượt khỏi lịch đã chốt mà không ghi lý do"

[ $sai -eq 0 ] && echo "không có gì sai: $cuoi bản ghi"
exit $sai
