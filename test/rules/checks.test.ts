// Identifiers of the trade, as tables (rules.md §2).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cnapsFault,
  corporateAccountFault,
  type Fault,
  hoursFault,
  idCardFault,
  mobileFault,
  organisationCodeDoubtful,
  personalAccountFault,
  phoneFault,
  usccFault,
} from '../../workflows/rules/checks.ts';

type Check = (value: string) => Fault | null;
const today = '20261123';
const tables: [string, Check, [string, Fault | null][]][] = [
  [
    '统一社会信用代码 GB 32100',
    usccFault,
    [
      ['91350100M000100Y43', null],
      ['91440300708461136T', null],
      ['91210102587500011W', null],
      ['91110105MA00003490', null],
      ['92440106MA5X000142', null],
      ['91350100M000100Y45', 'check_digit'],
      ['91310115MA1H8R7C6D', 'check_digit'],
      ['91350100M000100Y4Z', 'alphabet'],
      ['91350100I000100Y43', 'alphabet'],
      ['91350100M000100Y4', 'length'],
      ['', 'length'],
    ],
  ],
  [
    '身份证 GB 11643',
    (id) => idCardFault(id, today),
    [
      ['11010519491231002X', null],
      ['440524188001010014', null],
      ['110105199003070017', null],
      ['11010519900230001X', 'not_a_date'],
      ['110105199003070018', 'check_digit'],
      ['1101051990030700', 'length'],
      ['11010519900307001x', 'alphabet'],
      ['990101199001010019', null],
    ],
  ],
  [
    '联行号 ISO 7064 MOD 11,10',
    cnapsFault,
    [
      ['102100099996', null],
      ['105100000017', null],
      ['308584000013', null],
      ['313651027012', null],
      ['402873300213', null],
      ['102100099997', 'check_digit'],
      ['10210009999', 'length'],
      ['10210009999A', 'not_digits'],
    ],
  ],
  [
    '对私账号 Luhn',
    personalAccountFault,
    [
      ['6222020200012345670', null],
      ['6228480000000000018', null],
      ['622588000000000019', null],
      ['6222020200012345671', 'check_digit'],
      ['622202020001', 'length'],
      ['62220202000123456O', 'not_digits'],
    ],
  ],
  [
    '对公账号: no Luhn',
    corporateAccountFault,
    [
      ['3301020409200123456', null],
      ['12345678', null],
      ['1234567', 'length'],
      ['1'.repeat(33), 'length'],
    ],
  ],
  [
    '手机',
    mobileFault,
    [
      ['13800138000', null],
      ['12800138000', 'phone'],
      ['1380013800', 'phone'],
    ],
  ],
  [
    '固话',
    phoneFault,
    [
      ['024-23456789', null],
      ['02423456789', null],
      ['024-23456789-12', null],
      ['2423456789', 'phone'],
    ],
  ],
  [
    '营业时间',
    hoursFault,
    [
      ['09:00-21:00', null],
      ['9:00-21:00', 'hours'],
      ['09:00-24:00', 'hours'],
    ],
  ],
];

for (const [name, check, rows] of tables) {
  test(name, () => {
    for (const [value, expected] of rows) assert.equal(check(value), expected, value);
  });
}

test('one digit changed is always found: USCC, 联行号, ID', () => {
  const digits = '0123456789';
  for (const [valid, check] of [
    ['91210102587500011W', usccFault],
    ['102100099996', cnapsFault],
    ['110105199003070017', (id: string) => idCardFault(id, today)],
  ] as const) {
    for (let i = 0; i < valid.length; i++) {
      for (const digit of digits) {
        const changed = valid.slice(0, i) + digit + valid.slice(i + 1);
        if (changed !== valid) assert.notEqual(check(changed), null, changed);
      }
    }
  }
});

test('a legal person is 18 on the birthday, not the day before', () => {
  assert.equal(idCardFault('110105199003070017', '20080306'), 'under_age');
  assert.equal(idCardFault('110105199003070017', '20080307'), null);
  assert.equal(idCardFault('110105199003070017', '19900306'), 'in_future');
});

test('the organisation code inside a credit code is only warned about', () => {
  assert.equal(organisationCodeDoubtful('91350100M000100Y43'), false);
  assert.equal(organisationCodeDoubtful('91350100M000100Y56'), true);
});
