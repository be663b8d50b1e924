"""places.py OBJECT...: what its relocations and symbols name, by a reader of its own.

Fields in sections whose names begin with `.pair` stand in pairs, which must name
the same place, one through the symbol of the section, one through a label. Prints
the places (after the names of the labels there). Section symbols' auxiliary
records must be true.
"""
import struct
import sys
import zlib

REL32, ADDR64, X86 = {4: 4, 5: 5, 6: 6, 7: 7, 8: 8, 9: 9}, 1, 0x14C
BIG = bytes.fromhex("c7a1bad1eebaa94baf20faf66aa4dcb8")


def jamCrc(data):
    # CRC-32 (IEEE 802.3) from 0 and without the inversion at the end.
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


class Coff:
    def __init__(self, path):
        self.data = data = open(path, "rb").read()
        if data[:4] == b"\0\0\xff\xff":
            assert data[12:28] == BIG
            self.machine, = struct.unpack_from("<H", data, 6)
            count, symbolsAt, symbolCount = struct.unpack_from("<III", data, 44)
            at, record, form = 56, 20, "<8sIiHBB"
        else:
            self.machine, count, _, symbolsAt, symbolCount = struct.unpack_from("<HHIII", data)
            at, record, form = 20, 18, "<8sIhHBB"
        self.isBig = record == 20
        strings = symbolsAt + record * symbolCount

        def name(raw):
            if raw[:4] == b"\0\0\0\0":
                start = strings + struct.unpack("<I", raw[4:])[0]
            elif raw[:1] == b"/":
                start = strings + int(raw[1:].rstrip(b"\0"))
            else:
                return raw.rstrip(b"\0").decode()
            return data[start : data.index(b"\0", start)].decode()

        self.sections, self.symbols = [None], {}
        for i in range(count):
            raw, _, address, size, where, relocsAt, _, relocs, _, flags = struct.unpack_from("<8sIIIIIIHHI", data, at + 40 * i)
            first = 0
            if flags & 0x01000000 and relocs == 0xFFFF:
                relocs, = struct.unpack_from("<I", data, relocsAt)
                first = 1
            contents = data[where : where + size] if where else b""
            table = [struct.unpack_from("<IIH", data, relocsAt + 10 * r) for r in range(first, relocs)]
            self.sections.append((name(raw), flags, size, contents, table, relocs, where))
        i = 0
        while i < symbolCount:
            raw, value, section, kind, storage, aux = struct.unpack_from(form, data, symbolsAt + record * i)
            auxAt = symbolsAt + record * (i + 1)
            self.symbols[i] = (name(raw), value, section, storage, data[auxAt : auxAt + record * aux])
            i += 1 + aux

    def width(self, relocation):
        """Of its field."""
        return 8 if relocation[2] == ADDR64 and self.machine != X86 else 4

    def place(self, section, relocation):
        """(section, offset) or (name, addend) that a relocation names."""
        at, symbol, kind = relocation
        contents = self.sections[section][3]
        width = self.width(relocation)
        addend = int.from_bytes(contents[at : at + width], "little", signed=True)
        name, value, home = self.symbols[symbol][:3]
        return (home, value + addend) if home > 0 else (name, addend)

    def checkAux(self):
        checked = 0
        for name, value, home, storage, aux in self.symbols.values():
            if storage != 3 or not aux or value or home <= 0 or name != self.sections[home][0]:
                continue
            _, flags, size, contents, table, relocs, _ = self.sections[home]
            length, count, _, checksum = struct.unpack_from("<IHHI", aux)
            assert length == size, (name, length, size)
            assert count == min(relocs, 0xFFFF), (name, count, relocs)
            if checksum:
                assert checksum == jamCrc(contents), (name, hex(checksum))
                checked += 1
        return checked


def main():
    for path in sys.argv[1:]:
        coff = Coff(path)
        print("checksums", coff.checkAux())
        for number, section in enumerate(coff.sections):
            if section is None or not section[0].startswith(".pair"):
                continue
            places = [coff.place(number, r) for r in sorted(section[4])]
            assert places and len(places) % 2 == 0
            for one, two in zip(places[::2], places[1::2]):
                assert one == two, (section[0], one, two)
                names = [s[0] for s in coff.symbols.values() if s[1:3] == one[::-1] and s[3] == 2]
                print(section[0], names, hex(one[1]))


if __name__ == "__main__":
    main()
