"""Frequent given names and surnames of Colombia: what tells "Zapata, sí." from "Juan Pablo, no.".

A list as any telephone book gives it, folded; a name in neither needs an office or the word vote by it.
"""

from typing import Final

_GIVEN: Final = """
    adriana alberto alejandra alejandro alex alfonso alfredo alvaro ana andrea andres angela antonio
    arturo beatriz camila camilo carlos carmen carolina catalina cecilia cesar clara claudia cristian
    cristina daniel daniela david diana diego eduardo elena enrique ernesto esperanza esteban fabio
    felipe fernanda fernando francisco gabriel german gloria guillermo gustavo hector hernan hugo
    humberto ignacio isabel ivan jaime jairo javier jesus johana john jorge jose juan juliana julian
    julio laura leonardo liliana lina lucia luis luisa luz manuel marcela marco margarita maria mariana
    mario marta martha mateo mauricio mercedes miguel monica natalia nelson nicolas olga omar orlando
    oscar pablo paola patricia paula pedro pilar rafael ramiro ramon raul ricardo roberto rodrigo rosa
    ruben samuel sandra santiago sara sebastian sergio silvia sofia teresa valentina veronica victor
    victoria viviana william wilson ximena yolanda
"""
_FAMILY: Final = """
    acevedo acosta agudelo aguirre alvarez alzate amaya aranda arango arbelaez ardila arias arteaga
    ayala barrera bedoya beltran benavides bermudez bernal betancur botero bravo buitrago caballero
    caceres calderon cano cardenas cardona carvajal castaneda castano castrillon castro ceballos
    cifuentes contreras cordoba correa cortes cruz cuellar delgado diaz duque echeverri escobar espinosa
    florez fonseca forero franco galeano galvis garces garcia garzon gaviria giraldo gomez gonzalez
    guerrero gutierrez guzman henao hernandez herrera higuita hincapie hoyos hurtado jaramillo jimenez
    ladino leon londono lopez lozano marin martinez medina mejia mendoza mesa molina montoya mora
    morales moreno mosquera munoz murillo naranjo narvaez navarro nieto nino ochoa orozco ortega ortiz
    osorio ospina palacio palacios pardo parra patino pena perez pineda pinto posada quintero ramirez
    ramos rendon restrepo reyes rincon rios rivera robledo rodriguez rojas roldan romero rubio rueda
    ruiz salazar sanchez sanabria sandoval santos sepulveda serna sierra silva sosa soto suarez tamayo
    tobon toro torres trujillo uribe valencia vallejo vanegas vargas vasquez velasco velasquez velez
    vera villa villegas yepes zapata zuluaga zuniga
"""

GIVEN_NAMES: Final = frozenset(_GIVEN.split())
SURNAMES: Final = frozenset(_FAMILY.split())
