// A peer for `npm run bench -- reports`: rust_xlsxwriter in constant-memory mode writes the cells of the same query.
// Arguments: database address, file with the query, file with the columns (key, kind, head, width, words), output, title.
use postgres::{fallible_iterator::FallibleIterator, Client, NoTls};
use rust_xlsxwriter::{Color, Format, FormatBorder, Workbook};
use std::collections::HashMap;

struct Column {
    key: String,
    kind: String,
    head: String,
    width: f64,
    words: HashMap<String, String>,
}

fn columns(path: &str) -> Vec<Column> {
    std::fs::read_to_string(path)
        .expect("columns")
        .lines()
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let words = parts[4].split('|').filter_map(|pair| pair.split_once('=')).map(|(a, b)| (a.to_string(), b.to_string())).collect();
            Column { key: parts[0].into(), kind: parts[1].into(), head: parts[2].into(), width: parts[3].parse().unwrap(), words }
        })
        .collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let (url, query, table, out, title) = (&args[1], std::fs::read_to_string(&args[2])?, columns(&args[3]), &args[4], &args[5]);
    let mut client = Client::connect(url, NoTls)?;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory();
    let base = || Format::new().set_font_name("宋体").set_font_size(10).set_border(FormatBorder::Thin);
    let formats: HashMap<&str, Format> = HashMap::from([
        ("text", base().set_num_format("@")),
        ("count", base().set_num_format("0;[Red]-0")),
        ("fen", base().set_num_format("#,##0.00;[Red]-#,##0.00")),
        ("moment", base().set_num_format("yyyy-mm-dd hh:mm:ss")),
        ("head", base().set_bold().set_background_color(Color::White)),
    ]);
    sheet.set_column_width(0, 7)?;
    for (i, column) in table.iter().enumerate() {
        sheet.set_column_width(i as u16 + 1, column.width)?;
    }
    sheet.merge_range(0, 0, 0, table.len() as u16, title, &formats["head"])?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(3, 3)?;
    sheet.set_freeze_panes(4, 0)?;
    sheet.write_with_format(3, 0, "序号", &formats["head"])?;
    for (i, column) in table.iter().enumerate() {
        sheet.write_with_format(3, i as u16 + 1, &column.head, &formats["head"])?;
    }
    let none: [i32; 0] = [];
    let mut rows = client.query_raw(query.as_str(), none)?;
    let mut n: u32 = 0;
    while let Some(row) = rows.next()? {
        let at = n + 4;
        n += 1;
        sheet.write_with_format(at, 0, n, &formats["count"])?;
        for (i, column) in table.iter().enumerate() {
            let to = i as u16 + 1;
            match column.kind.as_str() {
                "fen" => {
                    let fen: Option<f64> = row.get(column.key.as_str());
                    match fen {
                        Some(fen) => sheet.write_with_format(at, to, fen / 100.0, &formats["fen"])?,
                        None => sheet.write_blank(at, to, &formats["fen"])?,
                    };
                }
                "moment" => {
                    let ms: f64 = row.get(column.key.as_str());
                    sheet.write_with_format(at, to, ((ms + 28_800_000.0) / 1000.0).floor() / 86_400.0 + 25_569.0, &formats["moment"])?;
                }
                _ => {
                    let text: &str = row.get(column.key.as_str());
                    let shown = column.words.get(text).map(String::as_str).unwrap_or(text);
                    if shown.is_empty() {
                        sheet.write_blank(at, to, &formats["text"])?;
                    } else {
                        sheet.write_with_format(at, to, shown, &formats["text"])?;
                    }
                }
            }
        }
    }
    book.save(out)?;
    println!("{n}");
    Ok(())
}
