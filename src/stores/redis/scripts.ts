/*
 * Every change of a session is one script on one key. Scripts never decode data, never ask the server for the time, and write
 * nothing before everything is checked. Numbers stay texts; arithmetic is exact up to 2^53.
 */

/** How long (in milliseconds) a key outlives the deadline of its session: the clocks of servers differ. */
export const outlivesMs = 60_000;

// Lines of the packed field, counted from one: 1 format, 2 last seen, 3 idle deadline, 4 absolute deadline, 5 generation, 6 version,
// 7 digest, 8 previous digest, 9 end of its grace, 10 user, 11 device, 12 actor, 13 created, 14 authenticated, 15 persistent,
// 16 binding, 17 stamps.
const read = `
local key = KEYS[1]
local function read()
  if redis.call('TYPE', key).ok ~= 'hash' then return nil end
  local packed = redis.call('HGET', key, 'r')
  if not packed then return nil end
  local line, count, from = {}, 0, 1
  while true do
    count = count + 1
    local to = string.find(packed, '\\n', from, true)
    line[count] = string.sub(packed, from, to and to - 1)
    if not to then break end
    from = to + 1
  end
  if count < 17 or line[1] ~= '1' then return nil end
  for at = 2, 6 do
    if not string.find(line[at], '^%-?%d+$') then return nil end
  end
  return line
end
local function digits(number)
  return string.format('%.0f', number)
end
local function expire(line)
  redis.call('PEXPIREAT', key, digits(math.min(tonumber(line[3]), tonumber(line[4])) + ${outlivesMs}))
end
`;

// What is left of a destroyed session, for five minutes: its digest. A client that has lost its connection may send the
// script that made the session once more; it must not come back by that.
const bury = `
local function bury(digest)
  redis.call('DEL', key)
  redis.call('HSET', key, 'x', digest)
  redis.call('PEXPIRE', key, 300000)
end
`;

const put = `
local function put(from, to)
  for at = from, to, 1000 do
    redis.call('HSET', key, unpack(ARGV, at, math.min(at + 999, to)))
  end
end
`;

/** ARGV: the digest, the instant at which the key expires, then names and values of fields. */
export const createScript = `
local key = KEYS[1]
${put}
if redis.call('EXISTS', key) == 1 then
  if redis.call('TYPE', key).ok ~= 'hash' then return 'exists' end
  local buried = redis.call('HGET', key, 'x')
  if not buried or buried == ARGV[1] then return 'exists' end
  redis.call('DEL', key)
end
put(3, #ARGV)
redis.call('PEXPIREAT', key, ARGV[2])
return 'created'
`;

/**
 * ARGV: 1 now, 2 writer, 3 order, 4 oldest order to keep, 5 generation, 6 token from, 7 token to, 8 end of grace, 9 raise the
 * generation, 10-12 touch, 13-20 fields, 21 binding, 22 number of expectations, 23 clear, 24 number of keys to remove, then
 * expectations (name and value), keys to remove, fields to set (name and value). An empty text leaves a part out; texts that
 * may be empty themselves come after "=".
 *
 * Stamps say which changes were made lately, thirty-two of a writer and sixty-four in all: a client that has lost its connection
 * may send a script again that was already run. Answers the record, and its user and binding before and after.
 */
export const updateScript = `
${read}${put}
local line = read()
local now = tonumber(ARGV[1])
if not line or now >= tonumber(line[3]) or now >= tonumber(line[4]) then return {'missing'} end
local user, binding = line[10], line[16]
local function updated() return {'updated', redis.call('HGETALL', key), user, binding, line[10], line[16]} end

local stamp, kept, later = ARGV[2] .. ARGV[3], {}, 0
for at = 1, #line[17], 13 do
  local one = string.sub(line[17], at, at + 12)
  if one == stamp then return updated() end
  if string.sub(one, 1, 4) == ARGV[2] and string.sub(one, 5) > ARGV[3] then later = later + 1 end
  if string.sub(one, 5) >= ARGV[4] then kept[#kept + 1] = one end
end
local isToken = ARGV[6] ~= ''
if isToken and line[7] == ARGV[7] then return updated() end
if later >= 32 then return {'unsure'} end
if ARGV[5] ~= '' and tonumber(ARGV[5]) ~= tonumber(line[5]) then return {'replaced'} end
if isToken and '=' .. line[7] ~= ARGV[6] then return {'conflict'} end
local next = 25
for _ = 1, tonumber(ARGV[22]) do
  local value = redis.call('HGET', key, ARGV[next])
  if (value and '=' .. value or '') ~= ARGV[next + 1] then return {'conflict'} end
  next = next + 2
end

local fields = {10, 11, 12, 14, 2, 3, 4, 15}
local removed = next + tonumber(ARGV[24])
local isChanged = isToken or ARGV[9] ~= '' or ARGV[23] ~= '' or #ARGV >= next
for at = 1, 8 do
  if ARGV[12 + at] ~= '' then
    line[fields[at]] = string.sub(ARGV[12 + at], 2)
    isChanged = true
  end
end
local isTouched = ARGV[10] ~= '' and tonumber(line[2]) < tonumber(ARGV[12])
if not isChanged and not isTouched then return updated() end
if isTouched then
  line[2] = ARGV[10]
  line[3] = ARGV[11]
end
if isToken then
  line[8] = line[7]
  line[7] = ARGV[7]
  line[9] = ARGV[8]
end
if ARGV[21] ~= '' then line[16] = string.sub(ARGV[21], 2) end
if ARGV[9] ~= '' then line[5] = digits(tonumber(line[5]) + 1) end
if isChanged then
  line[6] = digits(tonumber(line[6]) + 1)
  local mine = 0
  for at = #kept, 1, -1 do
    if string.sub(kept[at], 1, 4) == ARGV[2] then
      mine = mine + 1
      if mine > 31 then table.remove(kept, at) end
    end
  end
  kept[#kept + 1] = stamp
  while #kept > 64 do table.remove(kept, 1) end
  line[17] = table.concat(kept)
end

if ARGV[23] ~= '' then
  for _, name in ipairs(redis.call('HKEYS', key)) do
    if name ~= 'r' then redis.call('HDEL', key, name) end
  end
end
for at = next, removed - 1 do redis.call('HDEL', key, ARGV[at]) end
redis.call('HSET', key, 'r', table.concat(line, '\\n'))
put(removed, #ARGV)
if isTouched or ARGV[18] ~= '' or ARGV[19] ~= '' then expire(line) end
return updated()
`;

/** ARGV: the generation, or an empty text. Answers the user and the binding of what it destroyed. */
export const destroyScript = `
${read}${bury}
if redis.call('EXISTS', key) == 0 then return {'missing'} end
local line = read()
if not line then
  if redis.call('TYPE', key).ok == 'hash' and redis.call('HEXISTS', key, 'x') == 1 then return {'missing'} end
  if ARGV[1] ~= '' then return {'replaced'} end
  redis.call('DEL', key)
  return {'destroyed', '', ''}
end
if ARGV[1] ~= '' and tonumber(ARGV[1]) ~= tonumber(line[5]) then return {'replaced'} end
bury(line[7])
return {'destroyed', line[10], line[16]}
`;

/** ARGV: the user. Destroys a session only while it is one of this user. */
export const destroyOfUserScript = `
${read}${bury}
local line = read()
if not line or line[10] ~= ARGV[1] then return {'missing'} end
bury(line[7])
return {'destroyed', line[10], line[16]}
`;

/**
 * ARGV: the entry, its score, the score below which entries are dead. Adds an entry to the index of a user, or lets it live
 * longer, and removes at most a hundred dead ones. PEXPIREAT ... GT would say it in one command, from Redis 7 on.
 */
export const indexScript = `
local key = KEYS[1]
redis.call('ZADD', key, 'GT', ARGV[2], ARGV[1])
for _, entry in ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', '(' .. ARGV[3], 'LIMIT', 0, 100)) do
  if entry ~= ARGV[1] then redis.call('ZREM', key, entry) end
end
local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
redis.call('PEXPIREAT', key, string.format('%.0f', tonumber(last[2])))
return 'OK'
`;
